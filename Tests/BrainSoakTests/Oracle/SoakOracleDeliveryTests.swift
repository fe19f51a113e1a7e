import Testing

@testable import BrainSoak

struct SoakOracleDeliveryTests {
    private var desk = OracleDesk(.steady, .slow, .churning, .halfOpen)

    init() {
        self.desk.join(0, 1, 2, 3)
    }

    @Test mutating func `the latest state is late after the patience, for a slow client after four times that`() {
        self.desk.commit(1)
        self.desk.look(after: .seconds(59))
        #expect(self.desk.counts.isEmpty)
        self.desk.pass(.seconds(1))
        self.desk.oracle.look(now: self.desk.now)
        #expect(self.desk.losses.map(\.client) == [0, 2])
        self.desk.pass(.seconds(180))
        self.desk.oracle.look(now: self.desk.now)
        #expect(self.desk.counts == [.late: 3])
        #expect(self.desk.losses.last?.client == 1)
    }

    @Test mutating func `each is reported late once, and again for the next state`() {
        self.desk.commit(1)
        self.desk.look(after: .seconds(100))
        self.desk.look(after: .seconds(1))
        #expect(self.desk.counts == [.late: 2])
        self.desk.commit(2)
        self.desk.look(after: .seconds(100))
        #expect(self.desk.counts == [.late: 4])
    }

    @Test mutating func `a client that hears nothing is late, though the run goes on each second`() {
        for number in 1...61 {
            self.desk.hear(self.desk.commit(number), by: 1, 2)
            self.desk.pass(.seconds(1))
            self.desk.oracle.look(now: self.desk.now)
        }
        #expect(self.desk.counts == [.late: 2])
        #expect(self.desk.losses.map(\.what) == ["1 running", "2 running"])
        #expect(self.desk.losses.allSatisfy { $0.client == 0 })
    }

    @Test mutating func `who is some states behind, but not for long, is not late`() {
        var steps: [RunStep] = []
        for number in 1...200 {
            steps.append(self.desk.commit(number))
            self.desk.hear(steps[number - 1], by: 1, 2)
            if number > 50 { self.desk.hear(steps[number - 51], by: 0) }
            self.desk.pass(.seconds(1))
            self.desk.oracle.look(now: self.desk.now)
        }
        #expect(self.desk.counts.isEmpty)
    }

    @Test mutating func `only who joined before, and is there still, can be late`() {
        self.desk.leave(2, .cut)
        let step = self.desk.announce(1)
        self.desk.join(2)
        self.desk.leave(0)
        self.desk.oracle.committed([step], now: self.desk.now)
        self.desk.look(after: .seconds(100))
        #expect(self.desk.counts.isEmpty)
        #expect(self.desk.oracle.unsettled() == 1)
    }

    @Test mutating func `who has heard a state of a run must hear what follows, whenever it joined`() {
        let (first, second) = (self.desk.commit(5), self.desk.announce(9))
        self.desk.leave(0)
        self.desk.join(0)
        self.desk.oracle.committed([second], now: self.desk.now)
        self.desk.hear(second, by: 1, 2)
        self.desk.look(after: .seconds(100))
        #expect(self.desk.counts.isEmpty && self.desk.oracle.isRest(0))
        self.desk.hear(first, by: 0)
        #expect(self.desk.oracle.unsettled() == 1 && !self.desk.oracle.isRest(0))
        #expect(self.complaints([0: (9, .running)]) == [.unknown: 1])
        self.desk.oracle.look(now: self.desk.now)
        #expect(self.desk.counts == [.late: 1])
    }

    @Test mutating func `what a connection before has heard makes nothing due`() {
        self.desk.hear(self.desk.commit(1), by: 0, 1, 2)
        self.desk.leave(0)
        let second = self.desk.commit(2)
        self.desk.hear(second, by: 1, 2)
        #expect(self.desk.oracle.unsettled() == 0)
        self.desk.join(0)
        self.desk.look(after: .seconds(100))
        #expect(self.desk.counts.isEmpty && self.desk.oracle.unsettled() == 0)
    }

    @Test mutating func `a newer state that was heard makes up for the latest`() {
        self.desk.commit(1)
        self.desk.hear(self.desk.announce(2), by: 0, 1, 2)
        self.desk.look(after: .seconds(1000))
        #expect(self.desk.counts.isEmpty)
        #expect(self.desk.oracle.unsettled() == 0)
    }

    @Test mutating func `a run rests when the steady clients know its latest state`() {
        #expect(self.desk.oracle.isRest(0))
        let step = self.desk.commit(1, .completed)
        self.desk.hear(step, by: 2)
        #expect(!self.desk.oracle.isRest(0))
        #expect(self.desk.oracle.isRest(1))
        self.desk.hear(step, by: 0)
        #expect(self.desk.oracle.isRest(0))
        #expect(self.desk.oracle.unsettled() == 1)
        self.desk.hear(step, by: 1)
        #expect(self.desk.oracle.unsettled() == 0)
    }

    @Test mutating func `at the end all know the table`() {
        let step = self.desk.commit(1, .completed)
        self.desk.hear(step, by: 0, 1)
        #expect(self.complaints([0: (1, .completed)]) == [.unknown: 1])
        self.desk.hear(step, by: 2)
        #expect(self.complaints([0: (1, .completed)]).isEmpty)
        #expect(self.complaints([0: (1, .completed), 1: (0, .queued)]).isEmpty)
    }

    @Test mutating func `at the end the table is what was committed`() {
        self.desk.hear(self.desk.commit(1, .completed), by: 0, 1, 2)
        #expect(self.complaints([0: (1, .failed)]) == [.table: 1])
        #expect(self.complaints([0: (2, .completed)]) == [.table: 1])
        #expect(self.complaints([0: (1, .completed), 7: (1, .queued)]) == [.table: 1])
        #expect(self.complaints([:]) == [.table: 1, .unknown: 3])
    }

    @Test mutating func `at the end nobody knows more than the table`() {
        self.desk.hear(self.desk.commit(1), by: 0, 1, 2)
        self.desk.hear(self.desk.announce(2), by: 1)
        #expect(self.complaints([0: (1, .running)]) == [.unknown: 1])
    }

    private func complaints(_ table: [Int: (number: Int, status: StepStatus)]) -> [SoakLoss.Kind: Int] {
        self.desk.oracle.complaints(against: table).counts
    }
}
