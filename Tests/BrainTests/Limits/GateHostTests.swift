import Brain
import Testing

@Suite struct GateHostTests {
    private let gate = Gate.sample {
        $0.allowedHosts = ["brain.example", "Other.Example.:8080", "not a host", "bücher.example"]
        $0.machineNames = ["Box", "box.lan."]
    }

    @Test(arguments: [
        "localhost", "LOCALHOST", "localhost.", "localhost:5221", "localhost:", "localhost:0", "localhost:65535",
        "app.localhost", "a.b.LocalHost.:80", "127.0.0.1", "127.0.0.1:5221", "127.0.0.1.", "8.8.8.8:80", "[::1]",
        "[::1]:", "[::1]:5221", "[fe80::1%25eth0]:80", "[::ffff:10.0.0.1]", "box", "BOX:80", "box.lan", "box.lan.",
        "brain.example",
        "Brain.Example.:443", "other.example",
    ])
    func `a name of this machine, or an address, is our host`(host: String) throws {
        let request = try GateRequest.sample { $0.hosts = [host] }
        #expect(self.gate.judge(request) == .admitted(client: try address("127.0.0.1")))
    }

    @Test(arguments: [
        "", " ", ".", ":", ":80", "..", "localhost..", ".localhost", "a..localhost", "localhost.evil.example",
        "evil.example", "evillocalhost", "brain.example.evil", "sub.brain.example", "xbrain.example", "box.evil",
        "localhost:x", "localhost:65536", "localhost:-1", "localhost:+1", "localhost:80:80",
        "localhost:99999999999999999999",
        "localhost:\u{0668}", "localhost:80 ", " localhost", "localhost\t", "localhost\0", "localhost\0.evil.example",
        "localhost,evil.example", "localhost/", "localhost/..", "localhost?x", "localhost#x", "user@localhost",
        "http://localhost", "evil.example@localhost", "%6cocalhost", "loca\u{017F}t", "\u{212A}", "\u{FF4C}ocalhost",
        "localhost\u{301}", "localho\u{200B}st", "::1", "fe80::1", "[]", "[", "]", "[::1", "::1]", "[::1]]", "[[::1]]",
        "[::1]evil", "[::1]:x", "[::1].", "[127.0.0.1]", "[localhost]", "[v1.x]", "127.1", "2130706433",
        "0x7f.0.0.1", "127.0.0.1.evil", "not a host", "b\u{FC}cher.example",
        String(repeating: "a", count: 64) + ".localhost",
        String(repeating: "a.", count: 50_000) + "localhost", String(repeating: "[", count: 50_000),
    ])
    func `any other host is misdirected`(host: String) throws {
        let request = try GateRequest.sample { $0.hosts = [host] }
        #expect(self.gate.judge(request) == .refused(.hostNotAllowed(host)))
    }

    @Test func `there must be one Host header`() throws {
        let none = try GateRequest.sample { $0.hosts = [] }
        #expect(self.gate.judge(none) == .refused(.hostMissing))
        let two = try GateRequest.sample { $0.hosts = ["localhost", "localhost"] }
        #expect(self.gate.judge(two) == .refused(.hostRepeated))
        #expect(Refusal.hostMissing.status == 421)
        #expect(Refusal.hostRepeated.status == 421)
    }
}
