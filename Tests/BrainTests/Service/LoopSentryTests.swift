import BrainTestKit
import Dispatch
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Brain

@Suite(.timeLimit(.minutes(5)))
struct LoopSentryTests {
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let start = ContinuousClock.now

    /// A sentry that tells the manager's socket, and looks when the test says so.
    private func sentry(
        _ parts: [WatchedPart],
        _ socket: ServiceManagerSocket,
        _ logger: Logger = Self.silent
    ) throws -> LoopSentry {
        let environment = ["NOTIFY_SOCKET": socket.address, "WATCHDOG_USEC": "30000000"]
        let manager = try #require(ServiceManager(environment: environment, logger: logger))
        return LoopSentry(parts: parts, feedInterval: manager.feedInterval, now: self.start, logger: logger) {
            manager.alive()
        }
    }

    /// Looks at each of the seconds, asks whom there is to ask, and waits until the event loops got to it.
    private func look(
        _ sentry: LoopSentry,
        at seconds: ClosedRange<Int>,
        answering loops: [any EventLoop] = []
    ) async throws {
        for second in seconds {
            for part in sentry.look(now: self.start + .seconds(second)) { await sentry.ask(part) }
            for loop in loops { try await loop.submit {}.get() }
        }
    }

    @Test func `a blocked event loop stops the signs of life, and is named in the log`() async throws {
        let socket = try ServiceManagerSocket()
        let pipe = try LogPipe()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let loops = Array(group.makeIterator())
        let blocked = loops[1]
        let sentry = try self.sentry(
            WatchedPart.eventLoops(of: group),
            socket,
            Configuration.Log().makeLogger(output: pipe.output)
        )
        let gate = DispatchSemaphore(value: 0)
        blocked.execute { gate.wait() }
        try await self.look(sentry, at: 0...40, answering: [loops[0]])
        #expect(socket.takeAll() == ["WATCHDOG=1"])
        #expect(pipe.lines().map { $0.contains("\"part\":\"event-loop-1\"") } == [true])

        gate.signal()
        try await blocked.submit {}.get()
        try await self.look(sentry, at: 41...41)
        #expect(socket.takeAll() == ["WATCHDOG=1"])
        #expect(pipe.lines().map { $0.contains("answers again") } == [true])
        try await group.shutdownGracefully()
    }

    @Test func `event loops that answer keep the signs of life coming`() async throws {
        let socket = try ServiceManagerSocket()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let sentry = try self.sentry(WatchedPart.eventLoops(of: group), socket)
        try await self.look(sentry, at: 0...30, answering: Array(group.makeIterator()))
        #expect(socket.takeAll() == ["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"])
        try await group.shutdownGracefully()
    }

    @Test func `a supervisor that doesn't answer stops them, too`() async throws {
        let socket = try ServiceManagerSocket()
        let mute = WatchedPart(name: "supervisor") { _ in }
        try await self.look(self.sentry([mute], socket), at: 0...40)
        #expect(socket.takeAll() == ["WATCHDOG=1"])
    }

    @Test func `runs until it is cancelled, asking and feeding`() async throws {
        let (asked, teller) = AsyncStream.makeStream(of: Void.self)
        let (fed, feeder) = AsyncStream.makeStream(of: Void.self)
        let part = WatchedPart(name: "part") { answer in
            answer()
            teller.yield()
        }
        let sentry = LoopSentry(parts: [part], feedInterval: .milliseconds(4), logger: Self.silent) { feeder.yield() }
        let run = Task { await sentry.run() }
        var (asks, feeds) = (asked.makeAsyncIterator(), fed.makeAsyncIterator())
        for _ in 0..<3 {
            await asks.next()
            await feeds.next()
        }
        run.cancel()
        await run.value
    }
}
