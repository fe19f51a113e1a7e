import Foundation
import Testing

@testable import Brain

struct ConfigurationFileTests {
    @Test func `reads YAML`() throws {
        let text = """
            # the edge
            port: 8080
            host: "::1"
            allowed-host: [a.example, b.example]
            allow-cidr:
              - 203.0.113.0/24
            """
        let configuration = try read(file: ConfigurationFile(path: "b.yaml", text: text))
        #expect(configuration.server.port == 8080)
        #expect(configuration.server.host == "::1")
        #expect(configuration.gate.allowedHosts == ["a.example", "b.example"])
        #expect(configuration.gate.allowed.count == 1)
    }

    @Test func `reads JSON`() throws {
        let text = "{\"port\": 8080, \"allowed-host\": [\"a.example\"], \"data-dir\": \"/d\"}"
        let configuration = try read(file: ConfigurationFile(path: "b.json", text: text))
        #expect(configuration.server.port == 8080)
        #expect(configuration.gate.allowedHosts == ["a.example"])
        #expect(configuration.database == .embedded(dataDirectory: "/d"))
    }

    @Test func `a single value does where a list could stand`() throws {
        let file = ConfigurationFile(path: "b.yaml", text: "allowed-host: a.example")
        #expect(try read(file: file).gate.allowedHosts == ["a.example"])
    }

    @Test(arguments: ["", "# nothing\n", "{}", "---\n"])
    func `a file without settings sets nothing`(text: String) throws {
        #expect(try read(file: ConfigurationFile(path: "b.yaml", text: text)).server.port == 5221)
    }

    @Test(arguments: [
        ("prot: 1", "prot in b.yaml: no such setting; did you mean port?"),
        ("enable-faults: 1", "enable-faults in b.yaml: no such setting; `brain serve --help` lists all of them"),
        ("port: [1]", "port in b.yaml: what stands there is built another way; a whole number from 0 to 65535 fits"),
        ("port: {a: 1}", "port in b.yaml: what stands there is built another way; a whole number from 0 to 65535 fits"),
        ("port:", "port in b.yaml: an empty value is not a whole number from 0 to 65535"),
        ("port: 1e3", "port in b.yaml: \"1e3\" is not a whole number from 0 to 65535"),
        ("[1]", "b.yaml: has no settings at its top level; lines like `port: 5221` fit"),
        ("5221", "b.yaml: has no settings at its top level; lines like `port: 5221` fit"),
        ("? [a]\n: 1", "b.yaml: has a key that is no word"),
        ("port: 1\nport: 2", "b.yaml: sets a key more than once: port"),
        ("--- 1\n--- 2", "b.yaml: is not YAML or JSON at line 2, column 1: but found another document"),
    ])
    func `says what is wrong in a file`(text: String, line: String) {
        #expect(faultLines(file: ConfigurationFile(path: "b.yaml", text: text)) == [line])
    }

    @Test func `a file that can't be parsed is told by its place, without quoting its lines`() {
        let text = "port: 1\ndatabase-url: \"postgres://u:hunter2@h/d\nhost: x"
        let lines = faultLines(file: ConfigurationFile(path: "b.yaml", text: text))
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("b.yaml: is not YAML or JSON at line "))
        #expect(!lines[0].contains("hunter2"))
    }

    @Test func `a file that can't be opened is a fault beside the others`() {
        let lines = faultLines(
            flags: ["port": ["x"]],
            file: ConfigurationFile(reading: "/nowhere/brain.yaml")
        )
        #expect(lines.count == 2)
        #expect(lines[0] == "/nowhere/brain.yaml: can't be opened: No such file or directory")
    }

    @Test func `a directory, a file that is too large and one that is no text are faults`() throws {
        try withFile(Data([0xFF, 0xFE, 0x41])) { path in
            #expect(faultLines(file: ConfigurationFile(reading: path))[0].contains("is not UTF-8 text"))
        }
        try withFile(Data(repeating: 0x20, count: ConfigurationFile.limitBytes + 1)) { path in
            #expect(faultLines(file: ConfigurationFile(reading: path))[0].contains("is larger than 1048576 bytes"))
        }
        #expect(faultLines(file: ConfigurationFile(reading: "/"))[0].contains("can't be read: Is a directory"))
    }

    @Test func `reads a file from disk`() throws {
        try withFile(Data("port: 81".utf8)) { path in
            let port = try read(file: ConfigurationFile(reading: path)).server.port
            #expect(port == 81)
        }
    }

    private func withFile(_ contents: Data, _ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "brain-\(UUID().uuidString).yaml")
        try contents.write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url.path)
    }
}
