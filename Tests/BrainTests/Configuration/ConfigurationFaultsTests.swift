import Testing

@testable import Brain

struct ConfigurationFaultsTests {
    @Test func `names every fault of every source at once, even of values that another one wins over`() {
        let lines = faultLines(
            flags: ["port": ["1"], "allow-cidr": ["x", "y"]],
            environment: ["BRAIN_PORT": "many", "BRAIN_NOPE": "1"],
            file: ConfigurationFile(path: "b.yaml", text: "queue-runs: 0")
        )
        #expect(
            lines == [
                "BRAIN_PORT in the environment: \"many\" is not a whole number from 0 to 65535",
                "--allow-cidr: \"x\" is not an address range such as 203.0.113.0/24 or 2001:db8::/32",
                "--allow-cidr: \"y\" is not an address range such as 203.0.113.0/24 or 2001:db8::/32",
                "queue-runs in b.yaml: \"0\" is not a whole number from 1 to 1000000000",
                "BRAIN_NOPE in the environment: no such setting; `brain serve --help` lists all of them",
            ]
        )
    }

    @Test(arguments: [
        ("port", "65536"), ("port", "-1"), ("port", "+1"), ("port", "1.0"), ("port", " 1"), ("port", "٣"),
        ("port", "99999999999999999999"), ("queue-runs", "0"), ("queue-bytes", "16MiB"), ("ping-interval", "0"),
        ("drain-timeout", "86400001"), ("max-message", "124"), ("max-push-rate", "0.5"), ("inbound-rate", "inf"),
        ("capture", "WAL"), ("log-level", "verbose"), ("log-format", "xml"), ("host", "[::1]"), ("host", "1.2.3"),
        ("host", "a b"), ("host", "a..b"), ("allowed-host", "a.example:80"), ("allowed-host", "*.example"),
        ("allowed-origin", "null"), ("allowed-origin", "*"), ("allowed-origin", "https://a.example/"),
        ("allowed-origin", "a.example"), ("allowed-origin", "https:"), ("allowed-origin", "://a"),
        ("allow-cidr", "10.0.0.0/8,11.0.0.0/8"), ("data-dir", ""), ("host", ""), ("data-dir", "a\u{0}b"),
        ("database-url", "mydb"), ("database-url", "mysql://h/d?a=b"), ("database-url", "postgres://u:p w@h/d"),
    ])
    func `refuses a value that doesn't fit`(name: String, value: String) {
        #expect(faultLines(flags: [name: [value]]).count == 1)
    }

    @Test(arguments: [
        ("port", "0"), ("port", "65535"), ("max-message", "125"), ("drain-timeout", "86400000"), ("host", "::"),
        ("host", "localhost"), ("host", "fe80--1.example"), ("allowed-host", "brain_1"),
        ("allowed-origin", "chrome-extension://abc"), ("allowed-origin", "http://[::1]:80"),
        ("database-url", "postgresql://"), ("database-url", " host = h  dbname='a b'"),
    ])
    func `takes a value at the edge of what fits`(name: String, value: String) {
        #expect(faultLines(flags: [name: [value]]) == [])
    }

    @Test func `an empty flag is a fault and not the default`() {
        #expect(faultLines(flags: ["port": [""]]).first?.hasPrefix("--port: an empty value is not") == true)
        #expect(faultLines(flags: ["database-url": [""]]).count == 1)
    }

    @Test func `never shows a connection string, nor the password in a value that was meant for another setting`() {
        let lines = faultLines(
            flags: ["host": ["postgres://u:hunter2@h/d"], "database-url": ["hunter2"]],
            environment: ["BRAIN_DATABASE_URL": "hunter2", "DATABASE_URL": "mysql://u:hunter2@h/d?a=b"],
            file: ConfigurationFile(path: "b.yaml", text: "database-url: [hunter2]")
        )
        #expect(lines.count == 5)
        #expect(!lines.joined().contains("hunter2"))
    }

    @Test func `stays on one line whatever the value holds`() {
        let lines = faultLines(flags: ["port": ["1\n2\u{1B}[2J" + String(repeating: "x", count: 9999)]])
        #expect(lines.count == 1)
        #expect(lines[0].utf8.count < 400)
        #expect(lines[0].unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }

    @Test(arguments: [
        ("BRAIN_ALLOW_CIDR", "BRAIN_ALLOW_CIDRS"), ("BRAIN_UPDATE_INTERVAL", "BRAIN_UPDATE_INTERVAL_MS"),
        ("BRAIN_DATABASE_URL", "DATABASE_URL"), ("BRAIN_PROT", "BRAIN_PORT"),
    ])
    func `an unknown name is told with the one that was likely meant`(name: String, meant: String) {
        let expected = "\(name) in the environment: no such setting; did you mean \(meant)?"
        #expect(faultLines(environment: [name: "1"]) == [expected])
    }

    @Test func `an unknown name is a fault even when it is empty, another program's name is none`() {
        #expect(faultLines(environment: ["BRAIN_X": "", "BRAINS": "1", "brain_port": "1", "PATH": "/"]).count == 1)
    }

    @Test func `what Kubernetes sets is passed over with a warning`() throws {
        let environment = [
            "BRAIN_SERVICE_HOST": "10.0.0.1", "BRAIN_SERVICE_PORT_WS": "5221", "BRAIN_PORT": "tcp://10.0.0.1:5221",
            "BRAIN_PORT_5221_TCP": "tcp://10.0.0.1:5221",
        ]
        let reading = try Configuration.read(flags: [:], environment: environment)
        #expect(reading.warnings == environment.keys.sorted().map { .kubernetesName($0) })
        #expect(reading.configuration.server.port == 5221)
        #expect(faultLines(environment: ["BRAIN_PORT": "udp://10.0.0.1:5221"]).count == 1)
    }
}
