import NIOCore
import NIOEmbedded
import Testing

@testable import Brain

@Suite struct EndedSessionsTests {
    private let start = ContinuousClock.now
    private let loop = NIOAsyncTestingEventLoop()

    private func makeSession() -> ClientSession {
        ClientSession(on: self.loop, transport: FakeTransport())
    }

    @Test func `an ended session whose actor something still holds is named, with its age`() {
        var ended = EndedSessions()
        let held = self.makeSession()
        ended.watch(held, of: SessionID(number: 1), now: self.start)
        ended.watch(self.makeSession(), of: SessionID(number: 2), now: self.start)
        let alive = ended.alive(now: self.start + .seconds(3))
        #expect(alive == [LingeringSession(id: SessionID(number: 1), age: .seconds(3))])
        withExtendedLifetime(held) {}
    }

    @Test func `an actor that is let go is not named any more`() {
        var ended = EndedSessions()
        var held: ClientSession? = self.makeSession()
        if let held { ended.watch(held, of: SessionID(number: 1), now: self.start) }
        #expect(ended.alive(now: self.start).count == 1)
        held = nil
        #expect(ended.alive(now: self.start).isEmpty)
    }

    @Test func `watching holds nobody`() {
        var ended = EndedSessions()
        weak var watched: ClientSession?
        do {
            let session = self.makeSession()
            watched = session
            ended.watch(session, of: SessionID(number: 1), now: self.start)
            #expect(watched != nil)
        }
        #expect(watched == nil)
        #expect(ended.alive(now: self.start).isEmpty)
    }

    @Test func `past the bound the oldest is no longer watched`() {
        var ended = EndedSessions()
        let held = self.makeSession()
        for number in 0...UInt64(EndedSessions.watchedAtMost) {
            ended.watch(held, of: SessionID(number: number), now: self.start)
        }
        let alive = ended.alive(now: self.start)
        #expect(alive.count == EndedSessions.watchedAtMost)
        #expect(alive.first?.id == SessionID(number: 1))
    }

    @Test func `at the bound those that are gone make room first`() {
        var ended = EndedSessions()
        let held = self.makeSession()
        ended.watch(held, of: SessionID(number: 0), now: self.start)
        for number in 1...UInt64(EndedSessions.watchedAtMost) {
            ended.watch(self.makeSession(), of: SessionID(number: number), now: self.start)
        }
        #expect(ended.alive(now: self.start).map(\.id) == [SessionID(number: 0)])
        withExtendedLifetime(held) {}
    }

    @Test func `the last hundred are remembered`() async throws {
        let rig = SessionRig()
        for _ in 0..<3 { try await rig.open().disconnect() }
        #expect(await rig.shard.recentlyClosed().map(\.facts.id.number) == [1, 2, 3])
        let client = try await rig.open()
        let record = SessionRecord(channel: client.session, session: self.makeSession())
        var ended = EndedSessions()
        for _ in 0..<EndedSessions.remembered + 1 { ended.add(record, now: self.start) }
        #expect(ended.recent.count == EndedSessions.remembered)
    }
}
