import Runs
import Testing

@testable import Brain

/// What a stream had takes the place of what an older snapshot has.
struct FeedNewerRunsTests {
    private func row(_ id: String, _ progress: Int) -> RunRow {
        RunRow(id: id, status: "running", progress: "\(progress)", error: "long")
    }

    @Test func `leaves alone what it doesn't name`() {
        var newer = NewerRuns([])
        #expect(newer.replaced(self.row("a", 1)) == self.row("a", 1))
        #expect(newer.rest.isEmpty)
    }

    @Test func `replaces a row, completed from the older one, and adds those that weren't there`() {
        var partial = RunRow(id: "a", status: "running", progress: "2")
        partial.unchanged = .error
        var newer = NewerRuns([.row(self.row("a", 1)), .row(partial), .row(self.row("b", 1))])
        #expect(newer.replaced(self.row("a", 0)) == self.row("a", 2))
        #expect(newer.rest == [self.row("b", 1)])
    }

    @Test func `drops what is gone, and tells what came again as it came`() {
        var newer = NewerRuns([.gone("a"), .gone("b"), .row(self.row("b", 5))])
        #expect(newer.replaced(self.row("a", 1)) == nil)
        #expect(newer.replaced(self.row("b", 1)) == self.row("b", 5))
        #expect(newer.rest.isEmpty)
    }

    @Test func `drops everything that stood before the table was emptied`() {
        var newer = NewerRuns([.row(self.row("a", 1)), .cleared, .row(self.row("c", 1))])
        #expect(newer.replaced(self.row("a", 0)) == nil)
        #expect(newer.replaced(self.row("b", 0)) == nil)
        #expect(newer.rest == [self.row("c", 1)])
    }
}
