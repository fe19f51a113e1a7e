import Testing

@testable import Runs

@Suite struct RunStatusTests {
    @Test(arguments: [
        ("queued", RunStatus.queued), ("pending", .queued), ("running", .running), ("in_progress", .running),
        ("completed", .completed), ("success", .completed), ("succeeded", .completed), ("done", .completed),
        ("failed", .failed), ("error", .failed), ("timeout", .failed), ("cancelled", .failed), ("canceled", .failed),
    ])
    func `reads each word of the contract in any case`(word: String, status: RunStatus) {
        #expect(RunStatus(word: word) == status)
        #expect(RunStatus(word: word.uppercased()) == status)
        #expect(RunStatus(word: word.prefix(1).uppercased() + word.dropFirst()) == status)
    }

    @Test(arguments: ["", "paused", "run", "runningx", " running", "running ", "RUNNİNG", "ｄone", "in-progress", "\0"])
    func `knows no other word`(word: String) {
        #expect(RunStatus(word: word) == nil)
    }

    @Test func `names the words of a status, its own first`() {
        #expect(RunStatus.words(meaning: .queued) == ["queued", "pending"])
        #expect(RunStatus.words(meaning: .running) == ["running", "in_progress"])
        #expect(RunStatus.words(meaning: .completed) == ["completed", "success", "succeeded", "done"])
        #expect(RunStatus.words(meaning: .failed) == ["failed", "error", "timeout", "cancelled", "canceled"])
    }

    @Test func `calls completed and failed terminal`() {
        #expect(RunStatus.completed.isTerminal && RunStatus.failed.isTerminal)
        #expect(!RunStatus.queued.isTerminal && !RunStatus.running.isTerminal)
    }
}
