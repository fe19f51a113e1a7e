import Testing

@testable import BrainSoak

struct LatencyBookTests {
    private var book = LatencyBook(clients: 2)

    private var counts: [LatencyLabel: Int] { self.book.byLabel.mapValues(\.count) }

    @Test mutating func `what was heard before a fault isn't its own`() {
        self.book.add(microseconds: 1, of: 0)
        self.book.begin(.after(.broadcaster))
        self.book.add(microseconds: 2, of: 0)
        self.book.begin(.quiet)
        self.book.add(microseconds: 3, of: 0)
        #expect(self.counts == [.quiet: 2, .after(.broadcaster): 1])
        #expect(self.book.take().count == 3)
        #expect(self.book.take().count == 0)
    }

    @Test mutating func `what a struck client hears isn't the others' latency`() {
        self.book.begin(.after(.someSessions))
        self.book.strike([1, 7, -1])
        for client in [0, 1] { self.book.add(microseconds: 1, of: client) }
        #expect(self.counts == [.after(.someSessions): 1, .struck: 1])
        self.book.begin(.quiet)
        self.book.add(microseconds: 1, of: 1)
        #expect(self.counts == [.after(.someSessions): 1, .struck: 2])
    }

    @Test mutating func `a struck client is one of the others again from the next fault on`() {
        self.book.begin(.after(.someSessions))
        self.book.strike([1])
        self.book.begin(.after(.resetClients))
        self.book.add(microseconds: 1, of: 1)
        #expect(self.counts == [.after(.resetClients): 1])
    }
}
