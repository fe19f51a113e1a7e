import Glibc
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Brain

/// A listening socket with nothing but the guard in its pipeline.
private struct GuardedListener {
    let channel = EmbeddedChannel()
    private let told = News()

    private final class News: Sendable {
        let all = Mutex<[ListenerNews]>([])
        let areScarce = Atomic(false)
    }

    init() throws {
        let told = self.told
        let keeper = ListenerGuard(
            areScarce: { told.areScarce.load(ordering: .relaxed) },
            tell: { news in told.all.withLock { $0.append(news) } }
        )
        try self.channel.pipeline.syncOperations.addHandler(keeper)
    }

    var news: [ListenerNews] { self.told.all.withLock { $0 } }

    /// Whether the channel was told to accept; nil where it was told nothing.
    var accepts: Bool? {
        let options = self.channel.options.filter { $0.option is ChannelOptions.Types.AutoReadOption }
        return options.last?.value as? Bool
    }

    /// How many it accepts in a turn; nil where it was told nothing.
    var burst: UInt? {
        let options = self.channel.options.filter { $0.option is ChannelOptions.Types.MaxMessagesPerReadOption }
        return options.last?.value as? UInt
    }

    func setScarce(_ areScarce: Bool) {
        self.told.areScarce.store(areScarce, ordering: .relaxed)
    }

    func fail(_ code: CInt = EMFILE) {
        self.channel.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
    }

    /// - Returns: the accepted connection.
    @discardableResult
    func accept() throws -> EmbeddedChannel {
        let connection = EmbeddedChannel()
        try connection.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try self.channel.writeInbound(connection as any Channel)
        return connection
    }

    func wait(_ time: TimeAmount) {
        self.channel.embeddedEventLoop.advanceTime(by: time)
    }
}

@Suite struct ListenerGuardTests {
    @Test func `a listener without descriptors rests, and then accepts again by itself`() throws {
        let listener = try GuardedListener()
        listener.fail()
        #expect(listener.accepts == false)
        listener.wait(.milliseconds(9))
        #expect(listener.accepts == false)
        listener.wait(.milliseconds(1))
        #expect(listener.accepts == true)
        listener.fail()
        listener.wait(.milliseconds(10))
        #expect(listener.accepts == false)
        listener.wait(.milliseconds(10))
        #expect(listener.accepts == true)
    }

    @Test func `says so once, and once more when it is over`() throws {
        let listener = try GuardedListener()
        for _ in 0..<20 {
            listener.fail()
            listener.wait(.seconds(1))
        }
        #expect(listener.news == [.paused(.descriptors)])
        try listener.accept()
        try listener.accept()
        #expect(listener.news == [.paused(.descriptors), .resumed])
    }

    @Test func `hands on what was accepted, and every other error`() throws {
        let listener = try GuardedListener()
        try listener.accept()
        #expect(try listener.channel.readInbound(as: (any Channel).self) != nil)
        #expect(throws: IOError.self) {
            listener.fail(ECONNABORTED)
            try listener.channel.throwIfErrorCaught()
        }
        #expect(listener.accepts == nil)
    }

    @Test func `a shortage is nothing for those behind it`() throws {
        let listener = try GuardedListener()
        listener.fail()
        try listener.channel.throwIfErrorCaught()
    }

    @Test func `two shortages in one turn are one rest`() throws {
        let listener = try GuardedListener()
        listener.fail()
        listener.fail()
        listener.wait(.milliseconds(10))
        #expect(listener.accepts == false)
        listener.wait(.milliseconds(10))
        #expect(listener.accepts == true)
    }

    @Test func `accepts nothing into the reserve of descriptors`() throws {
        let listener = try GuardedListener()
        listener.setScarce(true)
        let last = try listener.accept()
        let overshot = try listener.accept()
        #expect(last.isActive && !overshot.isActive)
        #expect(listener.news == [.paused(.descriptors)])
        listener.wait(.seconds(10))
        #expect(listener.accepts == false)
        listener.setScarce(false)
        listener.wait(.seconds(1))
        #expect(listener.accepts == true)
    }

    @Test func `accepts one at a time until a shortage is over`() throws {
        let listener = try GuardedListener()
        listener.fail()
        listener.wait(.milliseconds(10))
        #expect(listener.burst == 1)
        try listener.accept()
        #expect(listener.burst == 1)
        listener.wait(.seconds(1))
        try listener.accept()
        #expect(listener.burst == ListenerGuard.burst)
    }
}
