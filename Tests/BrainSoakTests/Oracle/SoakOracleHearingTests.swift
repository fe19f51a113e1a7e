import Testing

@testable import BrainSoak

struct SoakOracleHearingTests {
    private var desk = OracleDesk(.steady, .steady, .churning)

    init() {
        self.desk.join(0, 1, 2)
    }

    @Test mutating func `a state may come before its commit is acknowledged`() {
        let step = self.desk.announce(1, .completed)
        self.desk.hear(step, by: 0, 1, 2)
        self.desk.oracle.committed([step], now: self.desk.now)
        #expect(self.desk.counts.isEmpty)
        #expect(self.desk.oracle.unsettled() == 0)
    }

    @Test(arguments: [
        (0, 2, StepStatus.running), (0, 1, .failed), (0, -1, .running), (0, 0, .running), (9, 1, .queued),
    ])
    mutating func `what nobody announced is invented`(_ run: Int, _ number: Int, _ status: StepStatus) {
        self.desk.commit(1, .running)
        let step = RunStep(run: run, number: number, status: status)
        self.desk.hear(step, by: 1)
        #expect(self.desk.counts == [.invented: 1])
        #expect(self.desk.losses.first?.client == 1)
        #expect(self.desk.losses.first?.what == "\(number) \(status.rawValue)")
    }

    @Test mutating func `what was rolled back may not be heard, neither later nor before`() {
        let (first, second) = (self.desk.announce(1), self.desk.announce(1, run: 1))
        self.desk.oracle.abandoned([first])
        self.desk.hear(first, by: 0)
        #expect(self.desk.counts == [.invented: 1])
        self.desk.hear(second, by: 2, 1)
        #expect(self.desk.counts == [.invented: 1])
        self.desk.oracle.abandoned([second])
        #expect(self.desk.counts == [.invented: 2])
        #expect(self.desk.losses.last?.client == 2)
    }

    @Test mutating func `what is heard twice or late is in disorder`() {
        let (first, second) = (self.desk.commit(1), self.desk.commit(2))
        self.desk.hear(second, by: 0, 0)
        #expect(self.desk.counts == [.disorder: 1])
        self.desk.hear(first, by: 0)
        #expect(self.desk.counts == [.disorder: 2])
        self.desk.hear(first, by: 1)
        self.desk.hear(second, by: 1)
        #expect(self.desk.counts == [.disorder: 2])
    }

    @Test mutating func `a client that comes back starts anew`() {
        let step = self.desk.commit(1)
        self.desk.hear(step, by: 2)
        self.desk.leave(2)
        self.desk.join(2)
        self.desk.hear(step, by: 2)
        #expect(self.desk.counts.isEmpty)
        self.desk.hear(step, by: 2)
        #expect(self.desk.counts == [.disorder: 1])
    }

    @Test mutating func `who goes past a terminal state that another has heard has lost it`() {
        let (end, next) = (self.desk.commit(1, .failed), self.desk.commit(2))
        self.desk.hear(end, by: 0)
        self.desk.hear(next, by: 0, 1)
        #expect(self.desk.counts == [.lostTerminal: 1])
        #expect(self.desk.losses.first?.client == 1)
        #expect(self.desk.losses.first?.what == "1 failed")
    }

    @Test mutating func `it is lost as well when the others hear it afterwards`() {
        let (end, next) = (self.desk.commit(1, .completed), self.desk.commit(2))
        self.desk.hear(next, by: 1, 2)
        self.desk.leave(2)
        #expect(self.desk.counts.isEmpty)
        #expect(self.desk.oracle.counts.unobservedTerminals == 1)
        self.desk.hear(end, by: 0)
        #expect(self.desk.counts == [.lostTerminal: 2])
        #expect(self.desk.losses.map(\.client) == [1, 2])
        #expect(self.desk.oracle.counts.unobservedTerminals == 0)
    }

    @Test mutating func `a terminal state that all go past was not observed`() {
        self.desk.commit(1, .completed)
        let next = self.desk.commit(2)
        self.desk.hear(next, by: 0, 1, 2)
        #expect(self.desk.counts.isEmpty)
        #expect(self.desk.oracle.counts.unobservedTerminals == 1)
    }

    @Test mutating func `an end that nobody heard is told once, when nobody can hear of it any more`() throws {
        let end = self.desk.commit(1, .completed)
        self.desk.hear(self.desk.commit(2), by: 0, 1, 2)
        #expect(self.desk.unheardEnds(isLast: false).isEmpty)
        self.desk.pass(.seconds(60))
        for number in 3...(StepHistory.depth + 1) { self.desk.commit(number) }
        #expect(self.desk.unheardEnds(isLast: false) == [end])
        #expect(self.desk.unheardEnds(isLast: true).isEmpty)
    }

    @Test mutating func `at the end one that is still known is told as well, and none that somebody heard`() {
        let (heard, end) = (self.desk.commit(1, .completed), self.desk.commit(2, .failed))
        self.desk.hear(heard, by: 0)
        self.desk.hear(self.desk.commit(3), by: 0)
        #expect(self.desk.unheardEnds(isLast: true) == [end])
    }

    @Test mutating func `a terminal state that was rolled back is nobody's loss`() {
        let end = self.desk.announce(1, .completed)
        self.desk.oracle.abandoned([end])
        let unsure = self.desk.announce(2, .failed)
        self.desk.hear(self.desk.commit(3), by: 0)
        #expect(self.desk.oracle.counts.unobservedTerminals == 1)
        self.desk.oracle.abandoned([unsure])
        #expect(self.desk.oracle.counts.unobservedTerminals == 0)
        #expect(self.desk.counts.isEmpty)
    }

    @Test mutating func `who joined after the announcement needn't hear it`() {
        let end = self.desk.announce(1, .completed)
        self.desk.leave(2)
        self.desk.join(2)
        self.desk.hear(end, by: 0, 1)
        self.desk.hear(self.desk.commit(2), by: 2)
        #expect(self.desk.counts.isEmpty)
    }

    @Test mutating func `who heard the state before must hear an end that was announced before it joined`() {
        let (first, end) = (self.desk.commit(4), self.desk.commit(5, .completed))
        self.desk.leave(2)
        self.desk.join(2)
        self.desk.hear(first, by: 0, 2)
        self.desk.hear(end, by: 0)
        self.desk.hear(self.desk.commit(6), by: 2)
        #expect(self.desk.counts == [.lostTerminal: 1])
        #expect(self.desk.losses.first?.what == "5 completed")
    }

    @Test mutating func `updates may be left out`() {
        for number in 1...10 { self.desk.commit(number) }
        let last = self.desk.commit(11, .completed)
        self.desk.hear(last, by: 0)
        #expect(self.desk.counts.isEmpty)
        #expect(self.desk.oracle.counts.unobservedTerminals == 0)
    }

    @Test mutating func `a state older than the history is not judged, but for its order`() {
        let first = self.desk.commit(1, .completed)
        let second = self.desk.commit(2)
        for number in 3...(StepHistory.depth + 2) { self.desk.commit(number) }
        self.desk.hear(RunStep(run: 0, number: 2, status: .failed), by: 0)
        self.desk.hear(second, by: 1)
        #expect(self.desk.counts.isEmpty)
        #expect(self.desk.oracle.counts.forgotten == 2)
        self.desk.hear(first, by: 0)
        #expect(self.desk.counts == [.disorder: 1])
    }

    @Test mutating func `who went past an old state is not blamed for the one in its place`() {
        self.desk.commit(1, .completed)
        self.desk.hear(self.desk.commit(2), by: 1)
        for number in 3...StepHistory.depth { self.desk.commit(number) }
        let end = self.desk.commit(StepHistory.depth + 1, .completed)
        self.desk.hear(self.desk.commit(StepHistory.depth + 2), by: 2)
        self.desk.hear(end, by: 0, 1)
        #expect(self.desk.counts == [.lostTerminal: 1])
        #expect(self.desk.losses.first?.client == 2)
    }

    @Test mutating func `what a client complains of is a loss`() {
        self.desk.oracle.apply(.violated(client: 1, "a frame with a mask"), now: self.desk.now)
        #expect(self.desk.counts == [.forbidden: 1])
        #expect(self.desk.losses.first?.sentence == "client 1: a frame with a mask")
    }
}
