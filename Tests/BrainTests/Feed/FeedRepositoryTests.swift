import Brain
import Runs
import Synchronization
import Testing

struct FeedRepositoryTests {
    private let room: LedgerRoom
    private let channel = FeedChannel()
    private let bell = FeedBell()

    init() {
        var ledger = RunLedger(updateInterval: .zero)
        ledger.register(shard: 0)
        self.room = LedgerRoom(ledger)
    }

    private func repository() -> RunsRepository {
        RunsRepository(room: self.room, channel: self.channel, bell: self.bell, wake: {})
    }

    private func pushed() -> [String] {
        self.room.withLedger { ledger in
            ledger.makeFrames(now: .now, timestamp: 0)
            let ids = ledger.frames(after: 0).map(\.runID)
            ledger.acknowledged(shard: 0, through: ledger.lastNumber)
            return ids
        }
    }

    private func sweep(_ repository: RunsRepository, _ rows: [RunRow]) async {
        await repository.apply(.sweepBegan)
        await repository.apply(.rows(rows))
        await repository.apply(.sweepEnded)
    }

    @Test func `counts the first whole table as pushed, and compares the second`() async {
        let repository = self.repository()
        await self.sweep(repository, [RunRow(id: "a", status: "queued")])
        #expect(self.room.isFirstLookDone)
        #expect(self.pushed().isEmpty)
        await self.sweep(repository, [RunRow(id: "a", status: "running"), RunRow(id: "b", status: "queued")])
        #expect(self.pushed() == ["a", "b"])
    }

    @Test func `counts the first whole table as pushed even where it was begun twice`() async {
        let repository = self.repository()
        await repository.apply(.sweepBegan)
        await repository.apply(.rows([RunRow(id: "a", status: "queued")]))
        await self.sweep(repository, [RunRow(id: "a", status: "running"), RunRow(id: "b", status: "queued")])
        #expect(self.pushed().isEmpty)
    }

    @Test func `passes over what came before a whole look when it was restarted`() async {
        await self.sweep(self.repository(), [RunRow(id: "a", status: "queued"), RunRow(id: "b", status: "queued")])
        let next = self.repository()
        // The end of a look whose beginning the crashed instance took: b must not be forgotten by it.
        await next.apply(.rows([RunRow(id: "a", status: "running")]))
        await next.apply(.gone(["a"]))
        await next.apply(.sweepEnded)
        #expect(self.pushed().isEmpty)
        #expect(self.room.withLedger { $0.counts.runs } == 2)
        await self.sweep(next, [RunRow(id: "a", status: "running"), RunRow(id: "b", status: "queued")])
        #expect(self.pushed() == ["a"])
    }

    @Test func `forgets what is gone`() async {
        let repository = self.repository()
        await self.sweep(repository, [RunRow(id: "a", status: "queued")])
        await repository.apply(.gone(["a", "never there"]))
        #expect(self.room.withLedger { $0.counts.runs } == 0)
        await repository.apply(.rows([RunRow(id: "a", status: "queued")]))
        #expect(self.pushed() == ["a"])
    }

    @Test(.timeLimit(.minutes(5))) func `is ready when the table was taken in, and wakes who broadcasts`() async throws
    {
        let (stream, continuation) = AsyncStream<String>.makeStream()
        let repository = RunsRepository(room: self.room, channel: self.channel, bell: self.bell) {
            continuation.yield("woken")
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await repository.run { continuation.yield("ready") } }
            let inlet = self.channel.inlet()
            group.addTask {
                for event in [FeedEvent.sweepBegan, .rows([RunRow(id: "a", status: "queued")]), .sweepEnded] {
                    try? await inlet.put(event)
                }
                try? await inlet.put(.rows([RunRow(id: "a", status: "done")]))
            }
            var heard: [String] = []
            for await word in stream.prefix(2) {
                heard.append(word)
            }
            #expect(heard == ["ready", "woken"])
            group.cancelAll()
        }
    }

    @Test(.timeLimit(.minutes(5))) func `makes the capture wait while it is full`() async throws {
        let channel = FeedChannel(capacity: 1)
        let inlet = channel.inlet()
        try await inlet.put(.sweepBegan)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await inlet.put(.sweepEnded) }
            let claim = channel.claim().claim
            #expect(try await channel.take(claim) == .sweepBegan)
            #expect(try await channel.take(claim) == .sweepEnded)
            try await group.waitForAll()
        }
    }

    @Test(.timeLimit(.minutes(5))) func `throws out an older taker, waiting or not, when a newer one claims`()
        async throws
    {
        let older = self.channel.claim().claim
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await self.channel.take(older)) == nil }
            let newer = self.channel.claim().claim
            #expect(await group.next() == true)
            try? await self.channel.inlet().put(.sweepBegan)
            #expect((try? await self.channel.take(older)) == nil)
            #expect((try? await self.channel.take(newer)) == .sweepBegan)
        }
    }
}
