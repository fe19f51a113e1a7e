import Brain
import Testing

@Suite struct GateForwardingTests {
    private let gate = Gate.sample {
        $0.trustedProxies = ["10.0.0.1", "10.0.9.0/24", "127.0.0.1", "198.51.100.1"].compactMap { CIDR($0) }
        $0.allowed = ["203.0.113.0/24"].compactMap { CIDR($0) }
    }

    private func verdict(peer: String = "10.0.0.1", _ fields: [String]) throws -> GateVerdict {
        self.gate.judge(try GateRequest.sample(peer: peer) { $0.forwardedFor = fields })
    }

    @Test(arguments: [
        (["192.168.1.5"], "192.168.1.5"),
        (["203.0.113.9"], "203.0.113.9"),
        (["127.0.0.1, 192.168.1.5"], "192.168.1.5"),
        (["8.8.8.8, 192.168.1.5"], "192.168.1.5"),
        (["<script>, , 192.168.1.5"], "192.168.1.5"),
        (["192.168.1.5, 10.0.9.7"], "192.168.1.5"),
        (["192.168.1.5,10.0.9.7 ,\t10.0.0.1"], "192.168.1.5"),
        (["192.168.1.4", "192.168.1.5", "10.0.9.7"], "192.168.1.5"),
        (["192.168.1.5", "10.0.9.7, 10.0.9.8"], "192.168.1.5"),
        (["fd00::7"], "fd00::7"), (["[fd00::7]:9999"], "fd00::7"), (["192.168.1.5:9999"], "192.168.1.5"),
        (["::ffff:192.168.1.5"], "192.168.1.5"), (["fe80::1%eth0"], "fe80::1"),
        (["192.168.1.5, ::ffff:10.0.9.7"], "192.168.1.5"),
    ])
    func `the client is the last hop that is no trusted proxy`(fields: [String], client: String) throws {
        #expect(try self.verdict(fields) == .admitted(client: try address(client)))
    }

    @Test(arguments: [
        [], [""], [" "], [","], ["unknown"], ["192.168.1.5,"], ["192.168.1.5, "], ["192.168.1.5", ""],
        ["192.168.1.5, unknown"], ["192.168.1.5, unknown, 10.0.9.7"], ["192.168.1.5 10.0.9.7"],
        ["192.168.1.5;10.0.9.7"],
        ["\"192.168.1.5\""], ["for=192.168.1.5"], ["192.168.1.5\0"], ["192.168.1.5,\u{301}"], ["192.168.1.5:99999"],
        ["10.0.0.1"], ["10.0.9.7, 10.0.0.1"], ["localhost"], ["192.168.1.5\u{FFFD}"],
        [String(repeating: ",", count: 50_000)], [String(repeating: "1.1.1.1,", count: 20_000)],
    ])
    func `a trusted proxy that names no client is refused`(fields: [String]) throws {
        #expect(try self.verdict(fields) == .refused(.clientUnknown(proxy: try address("10.0.0.1"))))
    }

    @Test func `the client that was found must itself be allowed`() throws {
        #expect(try self.verdict(["8.8.8.8"]) == .refused(.addressNotAllowed(try address("8.8.8.8"))))
        #expect(try self.verdict(["10.0.0.2, 8.8.8.8"]) == .refused(.addressNotAllowed(try address("8.8.8.8"))))
    }

    @Test func `a trusted proxy needs no range of its own`() throws {
        let verdict = try self.verdict(peer: "198.51.100.1", ["192.168.1.5"])
        #expect(verdict == .admitted(client: try address("192.168.1.5")))
    }

    @Test func `the other fields of a trusted proxy are not read`() throws {
        let request = try GateRequest.sample(peer: "10.0.0.1") {
            $0.forwardedFor = ["192.168.1.5"]
            $0.forwarded = ["for=8.8.8.8"]
            $0.realIP = ["127.0.0.1"]
        }
        #expect(self.gate.judge(request) == .admitted(client: try address("192.168.1.5")))
        var without = request
        without.forwardedFor = []
        #expect(self.gate.judge(without) == .refused(.clientUnknown(proxy: try address("10.0.0.1"))))
    }

    @Test(arguments: [\GateRequest.forwardedFor, \.forwarded, \.realIP], ["192.168.1.5", "", "\0"])
    func `these fields from anyone else are refused by the setting's name`(
        field: any WritableKeyPath<GateRequest, [String]> & Sendable,
        value: String
    ) throws {
        for peer in ["192.168.1.9", "::1", "8.8.8.8"] {
            let request = try GateRequest.sample(peer: peer) { $0[keyPath: field] = [value] }
            let refusal = Refusal.forwardedByStranger(try address(peer))
            #expect(self.gate.judge(request) == .refused(refusal))
            #expect(refusal.status == 403)
            #expect(refusal.detail.contains("--trusted-proxy"))
        }
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.2", true), ("127.0.0.1", "::1", true), ("127.0.0.1", "192.168.1.5", false),
        ("10.0.0.1", "127.0.0.2", false), ("10.0.0.1", "203.0.113.7", true), ("10.0.0.1", "203.0.113.8", false),
    ])
    func `administration behind a proxy is judged by the client`(peer: String, client: String, expected: Bool) throws {
        let gate = Gate.sample {
            $0.trustedProxies = ["10.0.0.1", "127.0.0.1"].compactMap { CIDR($0) }
            $0.allowed = ["203.0.113.0/24"].compactMap { CIDR($0) }
            $0.admin = ["203.0.113.7"].compactMap { CIDR($0) }
        }
        let request = try GateRequest.sample(peer: peer) {
            $0.forwardedFor = [client]
            $0.scope = .administration
        }
        #expect(gate.judge(request).status == (expected ? nil : 403))
    }
}
