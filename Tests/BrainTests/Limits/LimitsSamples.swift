import Brain
import Testing

/// An address that the test itself wrote.
func address(_ text: String) throws -> IPAddress {
    try #require(IPAddress(text))
}

/// The address with the number in 10.0.0.0/8.
func address(number: Int) throws -> IPAddress {
    try address("10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)")
}

extension GateRequest {
    /// A request as a browser on this machine would send it, but for what the test changes.
    static func sample(peer: String = "127.0.0.1", _ change: (inout GateRequest) -> Void = { _ in }) throws -> Self {
        var request = GateRequest(peer: try address(peer))
        request.hosts = ["localhost:5221"]
        change(&request)
        return request
    }
}

extension Gate {
    /// A gate with the defaults, but for what the test changes.
    static func sample(_ change: (inout GateRules) -> Void = { _ in }) -> Gate {
        var rules = GateRules()
        change(&rules)
        return Gate(rules: rules)
    }
}

extension GateVerdict {
    /// The status that the request is answered with; nil if it was admitted.
    var status: Int? {
        guard case .refused(let refusal) = self else { return nil }
        return refusal.status
    }
}
