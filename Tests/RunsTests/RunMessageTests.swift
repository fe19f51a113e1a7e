import Testing

@testable import Runs

@Suite struct RunMessageTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(arguments: [
        ("queued", "run_update"), ("running", "run_update"), ("completed", "run_complete"), ("failed", "run_failed"),
    ])
    func `takes its type from the status`(status: String, type: String) throws {
        let state = try #require(RunState(row("r", status, 40)))
        let expected =
            #"{"type":"\#(type)","data":{"id":"r","status":"\#(status)","progress":40},"#
            + #""timestamp":"2026-02-06T01:30:15.123Z"}"#
        let message = RunMessage.text(state, timestamp: Desk.timestamp)
        #expect(self.text(message) == expected)
        #expect(message.count <= state.data.utf8.count + RunMessage.envelope)
    }

    @Test func `is an update in a snapshot`() throws {
        let state = try #require(RunState(row("r", "completed")))
        let message = self.text(RunMessage.snapshot(state, timestamp: 0))
        let data = #"{"id":"r","status":"completed"}"#
        #expect(message == #"{"type":"run_update","data":\#(data),"timestamp":"1970-01-01T00:00:00.000Z"}"#)
    }

    @Test func `says how many runs a snapshot held`() {
        let message = self.text(RunMessage.snapshotEnd(runs: 3, timestamp: 0))
        #expect(message == #"{"type":"snapshot_end","data":{"runs":3},"timestamp":"1970-01-01T00:00:00.000Z"}"#)
    }

    @Test func `answers a ping by the key it came with`() {
        let event = self.text(RunMessage.pong(event: true, timestamp: 0))
        let type = self.text(RunMessage.pong(event: false, timestamp: 0))
        #expect(event == #"{"event":"pong","timestamp":"1970-01-01T00:00:00.000Z"}"#)
        #expect(type == #"{"type":"pong","timestamp":"1970-01-01T00:00:00.000Z"}"#)
    }
}
