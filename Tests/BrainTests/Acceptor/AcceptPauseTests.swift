import Glibc
import NIOCore
import Testing

@testable import Brain

/// A pause, and the milliseconds at which things happen to it.
private final class Listener {
    private var pause = AcceptPause()

    func ranShort(at milliseconds: Int64) -> AcceptPause.Rest {
        self.pause.ranShort(now: .uptimeNanoseconds(1) + .milliseconds(milliseconds))
    }

    func accepted(at milliseconds: Int64) -> AcceptPause.Accepted {
        self.pause.accepted(now: .uptimeNanoseconds(1) + .milliseconds(milliseconds))
    }
}

@Suite struct AcceptPauseTests {
    private let listener = Listener()

    @Test func `rests twice as long each time, up to a second, until a connection is accepted`() {
        let lengths = (0..<9).map { _ in self.listener.ranShort(at: 0).length }
        #expect(lengths == [10, 20, 40, 80, 160, 320, 640, 1000, 1000].map { .milliseconds($0) })
        _ = self.listener.accepted(at: 0)
        #expect(self.listener.ranShort(at: 0).length == .milliseconds(10))
    }

    @Test func `tells of a shortage once a minute, however often it comes back`() {
        let told = (0..<150).filter { self.listener.ranShort(at: $0 * 1000).isNews }
        #expect(told == [0, 60, 120])
    }

    @Test func `is over once, when it hasn't come back for a second`() {
        _ = self.listener.ranShort(at: 0)
        #expect(self.listener.accepted(at: 10) == .goesOn)
        _ = self.listener.ranShort(at: 500)
        #expect(self.listener.accepted(at: 1499) == .goesOn)
        #expect(self.listener.accepted(at: 1500) == .over(isNews: true))
        #expect(self.listener.accepted(at: 3000) == .goesOn)
    }

    @Test func `doesn't tell the end of a shortage that wasn't told`() {
        #expect(self.listener.accepted(at: 0) == .goesOn)
        _ = self.listener.ranShort(at: 0)
        #expect(self.listener.accepted(at: 2000) == .over(isNews: true))
        #expect(!self.listener.ranShort(at: 3000).isNews)
        #expect(self.listener.accepted(at: 5000) == .over(isNews: false))
    }

    @Test(arguments: [
        (EMFILE, AcceptShortage.descriptors), (ENFILE, .openFiles), (ENOBUFS, .memory), (ENOMEM, .memory),
    ])
    func `knows what is short by the error`(code: CInt, shortage: AcceptShortage) {
        #expect(AcceptShortage(IOError(errnoCode: code, reason: "accept")) == shortage)
    }

    @Test func `takes no other error for a shortage`() {
        #expect(AcceptShortage(IOError(errnoCode: ECONNABORTED, reason: "accept")) == nil)
        #expect(AcceptShortage(ChannelError.eof) == nil)
    }

    @Test func `says how many descriptors there are, and what would help`() throws {
        let limit = try #require(Descriptors.limit)
        #expect(AcceptShortage.descriptors.remedy.hasPrefix("the \(limit) descriptors are used up"))
        #expect(AcceptShortage.descriptors.remedy.hasSuffix("or lower --max-connections"))
    }

    @Test func `descriptors aren't scarce while there are more than the reserve`() {
        #expect(!Descriptors.areScarce(reserve: 1))
    }
}
