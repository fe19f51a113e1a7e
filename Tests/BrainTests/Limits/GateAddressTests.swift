import Brain
import Testing

@Suite struct GateAddressTests {
    @Test(arguments: ["127.0.0.1", "::1", "10.1.2.3", "172.20.0.1", "192.168.1.1", "169.254.1.1", "fe80::1", "fd00::1"])
    func `private peers may connect`(peer: String) throws {
        let request = try GateRequest.sample(peer: peer)
        #expect(Gate.sample().judge(request) == .admitted(client: try address(peer)))
    }

    @Test func `anyone else is refused until a range names them`() throws {
        let request = try GateRequest.sample(peer: "203.0.113.9")
        let client = try address("203.0.113.9")
        #expect(Gate.sample().judge(request) == .refused(.addressNotAllowed(client)))
        let gate = Gate.sample { $0.allowed = [CIDR("203.0.113.0/24")].compactMap(\.self) }
        #expect(gate.judge(request) == .admitted(client: client))
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("::1", true), ("10.0.0.7", true), ("10.0.0.8", false), ("192.168.1.1", false),
    ])
    func `administration is for loopback and the administrators' ranges`(peer: String, expected: Bool) throws {
        let gate = Gate.sample { $0.admin = [CIDR("10.0.0.7")].compactMap(\.self) }
        let request = try GateRequest.sample(peer: peer) { $0.scope = .administration }
        let client = try address(peer)
        #expect(
            gate.judge(request) == (expected ? .admitted(client: client) : .refused(.administrationNotAllowed(client)))
        )
    }

    @Test func `an administrator's range alone doesn't let anyone connect`() throws {
        let gate = Gate.sample { $0.admin = [CIDR("203.0.113.9")].compactMap(\.self) }
        let request = try GateRequest.sample(peer: "203.0.113.9") { $0.scope = .administration }
        #expect(gate.judge(request) == .refused(.addressNotAllowed(try address("203.0.113.9"))))
    }

    @Test func `address comes before host, and host before origin`() throws {
        var request = try GateRequest.sample(peer: "203.0.113.9") {
            $0.hosts = ["evil.example"]
            $0.origins = ["http://evil.example:1", "null"]
        }
        #expect(Gate.sample().judge(request).status == 403)
        request.peer = try address("10.0.0.1")
        #expect(Gate.sample().judge(request).status == 421)
        request.hosts = ["localhost"]
        #expect(Gate.sample().judge(request) == .refused(.originRepeated))
    }
}
