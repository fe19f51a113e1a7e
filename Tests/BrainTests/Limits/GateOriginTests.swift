import Brain
import Testing

@Suite struct GateOriginTests {
    private let gate = Gate.sample {
        $0.allowedHosts = ["brain.example"]
        $0.allowedOrigins = [
            "https://app.example", "https://Port.Example:8443", "http://web.example:80", "tauri://localhost", "null",
            "*",
            "https://slash.example/", "",
        ]
    }

    private func verdict(
        _ origin: String,
        host: String = "localhost:5221",
        isSecure: Bool = false
    ) throws -> GateVerdict {
        self.gate.judge(
            try GateRequest.sample {
                $0.hosts = [host]
                $0.origins = [origin]
                $0.isSecure = isSecure
            }
        )
    }

    @Test func `a request without an origin is no web page's`() throws {
        #expect(self.gate.judge(try GateRequest.sample()).status == nil)
    }

    @Test(arguments: [
        "http://localhost", "https://localhost", "http://localhost:3000", "HTTP://LOCALHOST:3000", "http://localhost.",
        "http://127.0.0.1", "https://127.8.9.10:1", "http://[::1]", "http://[::1]:65535",
        "https://app.example", "https://APP.example:443", "https://port.example:8443", "http://web.example",
        "tauri://localhost",
    ])
    func `loopback origins and the allowed ones may ask, whatever the host`(origin: String) throws {
        for host in ["localhost:5221", "192.168.1.5:5221", "brain.example"] {
            #expect(try self.verdict(origin, host: host).status == nil)
        }
    }

    @Test(arguments: [
        ("http://brain.example", "brain.example:5221", false), ("http://Brain.Example.:9", "brain.example", false),
        ("https://brain.example", "brain.example:5221", true), ("http://192.168.1.5:3000", "192.168.1.5:5221", false),
        ("http://[fd00::1]:3000", "[FD00:0::1]:5221", false), ("http://app.localhost", "app.localhost:5221", false),
    ])
    func `a page from the same scheme and host may ask, whatever the port`(
        origin: String,
        host: String,
        isSecure: Bool
    ) throws {
        #expect(try self.verdict(origin, host: host, isSecure: isSecure).status == nil)
    }

    @Test(arguments: [
        ("https://brain.example", "brain.example", false), ("http://brain.example", "brain.example", true),
        ("http://brain.example", "localhost", false), ("http://192.168.1.6", "192.168.1.5", false),
        ("http://sub.brain.example", "brain.example", false), ("ws://brain.example", "brain.example", false),
    ])
    func `a page from another scheme or host may not`(origin: String, host: String, isSecure: Bool) throws {
        #expect(try self.verdict(origin, host: host, isSecure: isSecure) == .refused(.originNotAllowed(origin)))
    }

    @Test(arguments: [
        "", " ", "null", "NULL", "*", "localhost", "localhost:3000", "//localhost", "://localhost", "http:", "http:/",
        "http://", "http:localhost", "http:/localhost", "http:///localhost", "http://localhost/", "http://localhost/x",
        "http://localhost?x", "http://localhost#x", "http://localhost ", " http://localhost", "http://localhost\0",
        "http://localhost\0.evil.example", "http://localhost http://localhost", "http://localhost, http://localhost",
        "http://user@localhost", "http://evil.example:80@localhost", "http://localhost@evil.example",
        "http://localhost.evil.example", "http://evillocalhost", "http://127.0.0.1.evil.example", "http://127.1",
        "http://2130706433", "http://0x7f000001", "http://localhost:x", "http://localhost:65536",
        "http://localhost:80:80",
        "http://[::1", "http://::1", "http://[::1]evil", "http://[127.0.0.1]", "http://[::2]", "http://0.0.0.0",
        "http://[::]",
        "http://128.0.0.1", "http://10.0.0.1", "http://evil.example", "https://evil.example", "file://", "file:///etc",
        "ftp://localhost", "ws://localhost", "chrome-extension://localhost", "ht tp://localhost",
        "\u{FF48}ttp://localhost",
        "http\u{301}://localhost", "http://loca\u{FF4C}host", "http://localhost\u{301}", "http:\u{301}//localhost",
        "http://app.example", "https://app.example:8443", "https://app.example.evil", "https://evil.app.example",
        "https://port.example", "http://web.example:8080", "https://web.example", "https://slash.example",
        "tauri://localhost:1", String(repeating: "a", count: 100_000),
        "http://" + String(repeating: "a.", count: 50_000),
        String(repeating: "http://", count: 20_000),
    ])
    func `any other origin is refused`(origin: String) throws {
        #expect(try self.verdict(origin) == .refused(.originNotAllowed(origin)))
    }

    @Test func `there may be one Origin header at most`() throws {
        let request = try GateRequest.sample { $0.origins = ["http://localhost", "http://localhost"] }
        #expect(self.gate.judge(request) == .refused(.originRepeated))
        #expect(Refusal.originRepeated.status == 403)
    }
}
