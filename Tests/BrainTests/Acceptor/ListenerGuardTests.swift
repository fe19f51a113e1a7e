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
    }

    init() throws {
        let told = self.told
        let keeper = ListenerGuard { news in told.all.withLock { $0.append(news) } }
        try self.channel.pipeline.syncOperations.addHandler(keeper)
    }

    var news: [ListenerNews] { self.told.all.withLock { $0 } }

    /// Whether the channel was told to accept; nil where it was told nothing.
    var accepts: Bool? {
        let options = self.channel.options.filter { $0.option is ChannelOptions.Types.AutoReadOption }
        return options.last?.value as? Bool
    }

    func fail(_ code: CInt = EMFILE) {
        self.channel.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
    }

    func accept() throws {
        try self.channel.writeInbound(EmbeddedChannel() as any Channel)
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
}
