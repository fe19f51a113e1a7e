import Foundation
import Logging
import Testing

@testable import Brain

struct LogLineTests {
    @Test func `json is one object a line: time, level, message, then fields by key`() {
        let line = record("listening", ["port": .stringConvertible(5221), "address": "[::1]"]).line(.json)
        #expect(
            line == "{\"time\":\"2026-02-06T01:30:15.007Z\",\"level\":\"info\",\"message\":\"listening\","
                + "\"address\":\"[::1]\",\"port\":5221}\n"
        )
    }

    @Test func `json survives any text and any nesting`() throws {
        let nasty = "\"\\\n\u{1B}\u{0}\u{2028}é😀"
        let metadata: Logger.Metadata = ["a\"\n": ["x", [nasty: .stringConvertible(true)]], "b": .string(nasty)]
        let line = record(nasty, metadata).line(.json)
        let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["message"] as? String == nasty)
        #expect(object["b"] as? String == nasty)
        #expect(line.utf8.filter { $0 == 0x0A }.count == 1)
    }

    @Test func `text has a short time, the level, the message and key=value`() throws {
        let line = record("listening", ["port": "5221", "word": "two words"]).line(.text)
        let pattern = #/\d\d:30:15\.007 info     listening port=5221 word="two words"\n/#
        #expect(try pattern.wholeMatch(in: line) != nil, "\(line)")
    }

    @Test(arguments: [
        ("", "\"\""), ("a=b", "\"a=b\""), ("a\nb", "\"a\\nb\""), ("\"", "\"\\\"\""), ("[::1]:80", "[::1]:80"),
    ])
    func `a text value can't be taken for another field`(value: String, shown: String) {
        #expect(record("m", ["k": .string(value)]).line(.text).hasSuffix(" m k=\(shown)\n"))
    }

    @Test(arguments: [LogFormat.text, .json])
    func `values are cut, and passwords taken out, of message and fields`(format: LogFormat) {
        let long = String(repeating: "x", count: 10_000)
        let metadata: Logger.Metadata = ["error": "password=hunter2", "peer": .string(long)]
        let line = record("to postgres://u:hunter2@h", metadata).line(format)
        #expect(!line.contains("hunter2"))
        #expect(line.contains(String(repeating: "x", count: 256) + "…"))
        #expect(!line.contains(String(repeating: "x", count: 257)))
    }

    @Test(arguments: [LogFormat.text, .json])
    func `a line with too many fields loses the last ones, not its form`(format: LogFormat) throws {
        let value = Logger.MetadataValue.string(String(repeating: "\u{1}", count: 256))
        let fields = Dictionary(uniqueKeysWithValues: (10..<40).map { ("k\($0)", value) })
        let line = record("m", fields).line(format)
        #expect(line.utf8.count <= LogRecord.limitBytes)
        #expect(line.contains("k10"))
        #expect(line.hasSuffix("\n"))
        if format == .json { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }

    private func record(_ message: String, _ metadata: Logger.Metadata) -> LogRecord {
        let time = LogTime(secondsSinceEpoch: 1_770_341_415, milliseconds: 7)
        return LogRecord(time: time, level: .info, message: message, metadata: metadata)
    }
}
