import Brain
import Runs
import Testing

struct FeedRunDraftTests {
    private func faults(_ body: String, for purpose: RunDraftPurpose = .create) -> [String] {
        do {
            _ = try RunDraft.parse(Array(body.utf8), for: purpose)
            return []
        } catch {
            return error.faults
        }
    }

    @Test func `tells absent, null and a value apart`() throws {
        let draft = try RunDraft.parse(Array(#" { "status" : "running", "error" : null } "#.utf8), for: .patch)
        #expect(draft[.status] == .value("running"))
        #expect(draft[.error] == .null)
        #expect(draft[.agent] == .absent)
    }

    @Test(arguments: [
        ("40.50", "40.5"), ("1e2", "100"), ("0.1", "0.1"), ("-0", "0"),
        ("12345678901234567890.1", "12345678901234567890.1"),
    ])
    func `keeps a number exact`(_ written: String, _ expected: String) throws {
        let draft = try RunDraft.parse(Array("{\"progress\":\(written)}".utf8), for: .patch)
        #expect(draft[.progress] == .value(expected))
    }

    @Test func `reads every escape, and a character of two halves`() throws {
        let draft = try RunDraft.parse(Array(#"{"error":"\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00é"}"#.utf8), for: .patch)
        #expect(draft[.error] == .value("\"\\/\u{8}\u{C}\n\r\té😀é"))
    }

    @Test func `names every fault at once`() {
        let body = #"{"colour":1,"progress":"4","started_at":"yesterday","status":"paused","status":"done","agent":7}"#
        #expect(
            self.faults(body) == [
                #"unknown field "colour""#,
                "progress must be a number",
                "started_at must be an RFC 3339 time, such as 2026-02-06T01:30:00Z",
                "status is none of the known words",
                "agent must be text",
            ]
        )
    }

    @Test func `refuses a field that is given twice`() {
        #expect(self.faults(#"{"agent":"a","agent":"b"}"#) == ["agent is given twice"])
    }

    @Test func `lets a new run have an id, and no other`() {
        #expect(self.faults(#"{"id":"a"}"#).isEmpty)
        #expect(self.faults(#"{"id":"a"}"#, for: .patch) == ["id can't be changed"])
        #expect(self.faults(#"{"id":""}"#) == ["id can't be empty"])
        #expect(self.faults(#"{"id":null}"#) == ["id can't be empty"])
    }

    @Test(arguments: ["1e99", "1e999999999", "0.00000000000000000000000000000000000000000000000000000000000000000001"])
    func `refuses a number that would become long`(_ number: String) {
        #expect(self.faults("{\"progress\":\(number)}") == ["progress has too many digits"])
    }

    @Test(arguments: [
        "", "[]", "null", "{", "{}x", #"{"agent"}"#, #"{"agent":}"#, #"{"agent":"a",}"#, #"{agent:"a"}"#,
        #"{"agent":"a}"#,
        #"{"progress":01}"#, #"{"progress":1.}"#, #"{"progress":.5}"#, #"{"progress":+1}"#, #"{"progress":1e}"#,
        #"{"progress":NaN}"#, #"{"agent":"\x"}"#, #"{"agent":"\ud83d"}"#, #"{"agent":"\ud83dA"}"#,
        "{\"agent\":\"a\nb\"}", #"{"agent":{}}"#, #"{"agent":[]}"#, #"{"agent":nul}"#, #"{"agent":"a\u0000"}"#,
    ])
    func `refuses what is no flat object of JSON`(_ body: String) {
        #expect(self.faults(body).count == 1)
    }

    @Test func `refuses bytes that are no UTF-8`() {
        #expect(throws: RunDraftFaults.self) {
            try RunDraft.parse(Array(#"{"agent":""#.utf8) + [0xFF] + Array(#""}"#.utf8), for: .patch)
        }
    }

    @Test func `gives back a cursor in full precision, and none of garbage`() {
        for cursor in ["WyIyMDI2LTAyLTA2IDAxOjMwOjAwLjEyMzQ1NiswMCIsImEiXQ", "W251bGwsIsOp8J-YgCJd"] {
            #expect(RunCursor(cursor)?.text == cursor)
        }
        for garbage in ["", "e30", "!", "W10", "WyJhIl0", "WyJhIixudWxsXQ"] {
            #expect(RunCursor(garbage) == nil)
        }
    }

    @Test func `shows a run whose status is no known word`() {
        var row = RunRow(id: "a\"b", status: "on \"hold\"", progress: "40.50", agent: "dev")
        #expect(RunState.json(of: row) == #"{"id":"a\"b","status":"on \"hold\"","progress":40.5,"agent":"dev"}"#)
        row.status = nil
        #expect(RunState.json(of: row) == #"{"id":"a\"b","status":null,"progress":40.5,"agent":"dev"}"#)
        row.status = "PENDING"
        #expect(RunState.json(of: row) == #"{"id":"a\"b","status":"queued","progress":40.5,"agent":"dev"}"#)
    }
}
