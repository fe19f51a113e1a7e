import NIOCore
import NIOEmbedded
import Testing
import WebSocket

@testable import Brain

@Suite struct ClientSessionTests {
    private let start = ContinuousClock.now
    private let transport = FakeTransport()
    private let session: ClientSession

    init() {
        self.session = ClientSession(on: NIOAsyncTestingEventLoop(), transport: self.transport)
    }

    private func receive(_ action: InboundAction) async throws -> [String] {
        try await self.session.received(action, now: self.start)
        return self.transport.taken()
    }

    private func tick(_ beat: Heartbeat.Action, after wait: Duration = .zero) async throws -> [String] {
        self.transport.set { $0.beat = beat }
        try await self.session.ticked(now: self.start + wait)
        return self.transport.taken()
    }

    @Test func `offers a batch and writes it at once`() async throws {
        try await self.session.deliver([BroadcastFrame(1), BroadcastFrame(2)], now: self.start)
        #expect(self.transport.taken() == ["offer 1", "offer 2", "pump"])
    }

    @Test func `closes with 4008 where the mailbox is full, and offers nothing more`() async throws {
        self.transport.set { $0.outcomes = [.queued, .full, .full] }
        try await self.session.deliver((1...3).map { BroadcastFrame($0) }, now: self.start)
        let calls = self.transport.taken()
        #expect(calls.last == "close 4008 too slow: queue full")
        #expect(!calls.contains("offer 3"))
        try await self.session.deliver([BroadcastFrame(4)], now: self.start)
        #expect(self.transport.taken() == [])
    }

    @Test func `goes on writing when the socket takes bytes again`() async throws {
        try await self.session.becameWritable(now: self.start)
        #expect(self.transport.taken() == ["pump"])
    }

    @Test func `answers pings in kind`() async throws {
        #expect(try await self.receive(.answerPing(ByteBuffer(string: "x"))) == ["owe pong", "pump"])
        #expect(try await self.receive(.answerApplicationPing(event: true)) == ["owe {\"event\":\"pong\"", "pump"])
        #expect(try await self.receive(.answerApplicationPing(event: false)) == ["owe {\"type\":\"pong\",", "pump"])
    }

    @Test func `does nothing about what asks for no answer`() async throws {
        #expect(try await self.receive(.ignored) == [])
        #expect(try await self.receive(.message(.text)) == [])
        #expect(try await self.receive(.pong(ByteBuffer(integer: UInt64(7)))) == [])
    }

    @Test func `closes on a violation with its code, and then awaits the peer's close`() async throws {
        let violation = InboundAction.violation(.policyViolation, reason: "too many frames")
        #expect(try await self.receive(violation) == ["close 1008 too many frames"])
        #expect(try await self.receive(.peerClosed(code: 1008, reason: "")) == ["disconnect"])
    }

    @Test func `answers the peer's close`() async throws {
        #expect(try await self.receive(.peerClosed(code: 1001, reason: "")) == ["answer 1001"])
    }

    @Test func `does what the heartbeat asks for`() async throws {
        #expect(try await self.tick(.none) == ["pump"])
        #expect(try await self.tick(.ping(payload: 3)) == ["ping 3"])
        #expect(try await self.tick(.noPong) == ["close 4012 no pong"])
    }

    @Test func `closes a stalled socket with 4008, and cuts it off after the grace`() async throws {
        #expect(try await self.tick(.stalled) == ["close 4008 too slow: the socket takes nothing"])
        #expect(try await self.tick(.noPong) == [])
        #expect(try await self.tick(.noPong, after: SessionMachine.closeGrace) == ["disconnect"])
    }

    @Test func `drains what is owed before it closes`() async throws {
        self.transport.set { $0.isWritable = false }
        await self.session.drain(.restarting, reason: "the server stops", now: self.start)
        #expect(self.transport.taken() == ["pump"])
        try await self.session.deliver([BroadcastFrame(1)], now: self.start)
        #expect(self.transport.taken() == ["offer 1", "pump"])
        self.transport.set { $0.isWritable = true }
        try await self.session.becameWritable(now: self.start)
        #expect(self.transport.taken() == ["pump", "close 1012 the server stops"])
    }

    @Test func `closes at once on request`() async {
        await self.session.close(.normal, reason: "closed by an administrator", now: self.start)
        #expect(self.transport.taken() == ["close 1000 closed by an administrator"])
    }

    @Test func `a planted fault makes one entry point throw, before anything is done`() async throws {
        await self.session.plant(.planted)
        await #expect(throws: SessionFault.planted) {
            try await self.session.deliver([BroadcastFrame(1)], now: self.start)
        }
        #expect(self.transport.taken() == [])
        try await self.session.deliver([BroadcastFrame(1)], now: self.start)
        #expect(self.transport.taken() == ["offer 1", "pump"])
    }

    @Test func `every entry point can crash`() async {
        await self.session.plant(.planted)
        await #expect(throws: SessionFault.planted) { try await self.session.becameWritable(now: self.start) }
        await self.session.plant(.planted)
        await #expect(throws: SessionFault.planted) { try await self.session.ticked(now: self.start) }
        await self.session.plant(.planted)
        await #expect(throws: SessionFault.planted) { _ = try await self.receive(.ignored) }
    }
}
