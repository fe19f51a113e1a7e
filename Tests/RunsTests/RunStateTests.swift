import Foundation
import Testing

@testable import Runs

@Suite struct RunStateTests {
    @Test func `holds the columns in the contract's order`() throws {
        let row = RunRow(
            id: "test-run-1",
            status: "IN_PROGRESS",
            progress: "40.00",
            taskID: "t-9",
            agent: "dev",
            startedAt: "2026-02-06 01:30:00+00",
            completedAt: "2026-02-06 02:00:00.5+00",
            error: "no \"luck\""
        )
        let state = try #require(RunState(row))
        #expect(state.status == .running)
        let expected =
            #"{"id":"test-run-1","status":"running","progress":40,"task_id":"t-9","agent":"dev","#
            + #""started_at":"2026-02-06T01:30:00.000Z","completed_at":"2026-02-06T02:00:00.500Z","#
            + #""error":"no \"luck\""}"#
        #expect(state.data == expected)
    }

    @Test func `leaves out what the row hasn't, and keeps what is empty`() {
        #expect(RunState(row("1", "queued"))?.data == #"{"id":"1","status":"queued"}"#)
        let empty = RunRow(id: "", status: "queued", taskID: "", error: "")
        #expect(RunState(empty)?.data == #"{"id":"","status":"queued","task_id":"","error":""}"#)
    }

    @Test func `leaves out numbers and times that JSON can't hold`() {
        let row = RunRow(id: "1", status: "done", progress: "NaN", startedAt: "infinity", completedAt: "0044-03-15 BC")
        #expect(RunState(row)?.data == #"{"id":"1","status":"completed"}"#)
    }

    @Test func `isn't made of a status that no one knows`() {
        #expect(RunState(row("1", "paused")) == nil)
        #expect(RunState(row("1", nil)) == nil)
    }

    @Test func `differs where the bytes differ, though Swift calls the strings equal`() {
        let composed = RunState(RunRow(id: "1", status: "running", agent: "Andr\u{E9}"))
        let decomposed = RunState(RunRow(id: "1", status: "running", agent: "Andre\u{301}"))
        #expect(composed != decomposed)
        #expect(composed?.data == decomposed?.data)
    }

    @Test(arguments: [
        "plain", "\"", "\\", "a\"b\\c", "\n\r\t\u{8}\u{C}", "\0", "\u{1F}\u{7F}\u{80}", "\u{2028}\u{2029}", "👩‍👩‍👧‍👦🇩🇪",
        "e\u{301}",
        "\r\n", "a\u{FEFF}b", "\u{FFFD}\u{FFFF}\u{10FFFF}", "</script>", String(repeating: "\"", count: 1_000), "",
    ])
    func `is JSON that others read back as it was`(text: String) throws {
        let row = RunRow(id: text, status: "failed", taskID: text, agent: text, error: text)
        let data = try #require(RunState(row)?.data)
        let decoded = object(data.utf8)
        for key in ["id", "task_id", "agent", "error"] {
            let value = try #require(decoded[key] as? String)
            #expect(Array(value.utf8) == Array(text.utf8))
        }
        #expect(!data.utf8.contains { $0 < 0x20 })
    }

    @Test func `escapes each control character in itself`() {
        let controls = String(String.UnicodeScalarView((0..<0x20).compactMap(Unicode.Scalar.init)))
        let decoded = try? JSONDecoder().decode([String].self, from: Data("[\(JSONText.quoted(controls))]".utf8))
        #expect(decoded == [controls])
        #expect(JSONText.quoted("\u{1}\n\u{1F}\u{7F}\u{2028}") == "\"\\u0001\\n\\u001f\u{7F}\u{2028}\"")
    }
}

@Suite struct LongErrorTests {
    private func kept(_ error: String) throws -> String {
        let data = try #require(RunState(RunRow(id: "1", status: "failed", error: error))?.data)
        return try #require(object(data.utf8)["error"] as? String)
    }

    @Test func `keeps an error of 64 KiB whole`() throws {
        let error = String(repeating: "x", count: 65_536)
        #expect(try self.kept(error) == error)
    }

    @Test func `cuts a longer one so that it fits with its ellipsis`() throws {
        let error = String(repeating: "x", count: 65_537)
        #expect(try self.kept(error) == String(repeating: "x", count: 65_533) + "…")
    }

    @Test(arguments: ["é", "€", "🙂", "👩‍👩‍👧‍👦", "🇩🇪", "e\u{301}", "\r\n"])
    func `cuts before a character, never within`(character: Character) throws {
        let room = 65_536 - "…".utf8.count
        for offset in 0..<String(character).utf8.count {
            let head = String(repeating: "x", count: offset)
            let kept = try self.kept(head + String(repeating: character, count: 40_000))
            let count = (room - offset) / String(character).utf8.count
            #expect(kept == head + String(repeating: character, count: count) + "…")
        }
    }

    @Test func `cuts within a character that alone is too long`() throws {
        let kept = try self.kept("e" + String(repeating: "\u{301}", count: 100_000))
        #expect(kept.utf8.count == 65_536)
        #expect(kept.hasSuffix("…"))
    }
}
