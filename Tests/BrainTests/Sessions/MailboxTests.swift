import NIOCore
import Testing
import WebSocket

@testable import Brain

@Suite struct MailboxTests {
    private let start = ContinuousClock.now

    private func offer(_ frames: BroadcastFrame..., to mailbox: inout Mailbox) -> [Mailbox.Outcome] {
        frames.map { mailbox.offer($0, now: self.start) }
    }

    @Test func `the limits are the contract's`() {
        #expect(MailboxLimit().runs == 65_536)
        #expect(MailboxLimit().bytes == 16 << 20)
    }

    @Test func `updates leave in the order in which they came, after the terminal messages in theirs`() {
        var mailbox = Mailbox(limit: MailboxLimit())
        let outcomes = self.offer(
            .init(1, run: "a"),
            .init(2, run: "b", isTerminal: true),
            .init(3, run: "c"),
            .init(4, run: "d", isTerminal: true),
            to: &mailbox
        )
        #expect(outcomes == [.queued, .queued, .queued, .queued])
        #expect(mailbox.drained() == ["b end 2", "d end 4", "a update 1", "c update 3"])
        #expect(mailbox.isEmpty)
    }

    @Test func `terminal messages go while updates are held back, and each run's order is kept`() {
        var mailbox = Mailbox(limit: MailboxLimit())
        _ = self.offer(.init(1, run: "a"), .init(2, run: "b", isTerminal: true), .init(3, run: "b"), to: &mailbox)
        #expect(mailbox.nextKind != .update)
        #expect(mailbox.nextUnlessUpdate()?.words == "b end 2")
        #expect(mailbox.nextKind == .update)
        #expect(mailbox.nextUnlessUpdate() == nil)
        #expect(mailbox.count == 2)
        #expect(self.offer(.init(4, run: "b", isTerminal: true), to: &mailbox) == [.conflated])
        #expect(mailbox.nextUnlessUpdate()?.words == "b end 4")
        #expect(mailbox.drained() == ["a update 1"])
        #expect(mailbox.nextKind != .update)
    }

    @Test func `a snapshot goes while updates are held back, and before terminal messages that came after it`() {
        var mailbox = Mailbox(limit: MailboxLimit(), awaitsSnapshot: true)
        _ = self.offer(.init(1, run: "a"), to: &mailbox)
        #expect(mailbox.nextKind != .update)
        mailbox.begin(with: ActiveSnapshot(texts: "snapshot a").frames)
        _ = self.offer(.init(2, run: "a", isTerminal: true), .init(3, run: "b"), to: &mailbox)
        #expect(mailbox.nextUnlessUpdate()?.words == "snapshot a")
        #expect(mailbox.nextUnlessUpdate()?.words == "a end 2")
        #expect(mailbox.nextUnlessUpdate() == nil)
    }

    @Test func `what went past the mailbox is ignored when it comes again`() {
        var mailbox = Mailbox(limit: MailboxLimit())
        mailbox.skipped(through: 2)
        let outcomes = self.offer(.init(1), .init(2, isTerminal: true), .init(3), to: &mailbox)
        #expect(outcomes == [.duplicate, .duplicate, .queued])
        mailbox.skipped(through: 1)
        #expect(mailbox.lastNumber == 3)
        #expect(mailbox.drained() == ["r1 update 3"])
    }

    @Test func `an empty mailbox is small, and gives back what it held once it is drained`() {
        #expect(MemoryLayout<Mailbox>.size <= 40)
        var mailbox = Mailbox(limit: MailboxLimit())
        weak var frame: BroadcastFrame?
        do {
            let sent = BroadcastFrame(1)
            frame = sent
            #expect(self.offer(sent, to: &mailbox) == [.queued])
        }
        #expect(frame != nil)
        #expect(mailbox.drained() == ["r1 update 1"])
        #expect(frame == nil)
        #expect(mailbox.isEmpty)
    }

    @Test func `a copy goes its own way`() {
        var mailbox = Mailbox(limit: MailboxLimit())
        _ = self.offer(.init(1, run: "a"), to: &mailbox)
        var copy = mailbox
        _ = self.offer(.init(2, run: "b"), to: &copy)
        #expect(mailbox.drained() == ["a update 1"])
        #expect(copy.drained() == ["a update 1", "b update 2"])
    }

    @Test func `a newer update takes the place of a waiting one`() {
        var mailbox = Mailbox(limit: MailboxLimit())
        let outcomes = self.offer(.init(1, run: "a"), .init(2, run: "b"), .init(3, run: "a"), to: &mailbox)
        #expect(outcomes == [.queued, .queued, .conflated])
        #expect(mailbox.drained() == ["a update 3", "b update 2"])
    }

    @Test func `a terminal message takes the place of its run's update, and is not replaced itself`() {
        var mailbox = Mailbox(limit: MailboxLimit())
        let outcomes = self.offer(
            .init(1),
            .init(2, isTerminal: true),
            .init(3),
            .init(4),
            .init(5, isTerminal: true),
            .init(6, isTerminal: true),
            to: &mailbox
        )
        #expect(outcomes == [.queued, .conflated, .queued, .conflated, .conflated, .queued])
        #expect(mailbox.drained() == ["r1 end 2", "r1 end 5", "r1 end 6"])
    }

    @Test func `an update that has left is not replaced but followed`() {
        var mailbox = Mailbox(limit: MailboxLimit())
        #expect(self.offer(.init(1, run: "a"), .init(2, run: "b"), to: &mailbox) == [.queued, .queued])
        #expect(mailbox.next()?.words == "a update 1")
        #expect(self.offer(.init(3, run: "b"), .init(4, run: "a"), to: &mailbox) == [.conflated, .queued])
        #expect(mailbox.drained() == ["b update 3", "a update 4"])
    }

    @Test func `a frame is taken in once, even when it has left`() {
        var mailbox = Mailbox(limit: MailboxLimit())
        #expect(self.offer(.init(1), .init(2, isTerminal: true), to: &mailbox) == [.queued, .conflated])
        #expect(mailbox.drained() == ["r1 end 2"])
        #expect(self.offer(.init(1), .init(2, isTerminal: true), to: &mailbox) == [.duplicate, .duplicate])
        #expect(mailbox.isEmpty)
        #expect(mailbox.lastNumber == 2)
    }

    @Test func `is full at its number of messages, but still takes what replaces one`() {
        var mailbox = Mailbox(limit: MailboxLimit(runs: 2))
        let outcomes = self.offer(
            .init(1, run: "a"),
            .init(2, run: "b"),
            .init(3, run: "c"),
            .init(3, run: "a"),
            to: &mailbox
        )
        #expect(outcomes == [.queued, .queued, .full, .conflated])
        #expect(mailbox.lastNumber == 3)
        #expect(mailbox.drained() == ["a update 3", "b update 2"])
    }

    @Test func `is full at its bytes, also when a longer frame would replace one`() {
        let size = BroadcastFrame(1).bytes.readableBytes
        var mailbox = Mailbox(limit: MailboxLimit(bytes: 2 * size + 3))
        #expect(self.offer(.init(1), .init(2, padding: 4 + size), to: &mailbox) == [.queued, .full])
        #expect(self.offer(.init(2, padding: 3 + size), to: &mailbox) == [.conflated])
        #expect(mailbox.byteCount == 2 * size + 3)
        #expect(self.offer(.init(3, run: "r2"), to: &mailbox) == [.full])
        #expect(mailbox.lastNumber == 2)
        #expect(mailbox.isBalanced)
    }

    @Test func `an update is as old as what it replaced, a terminal message as its arrival`() {
        var mailbox = Mailbox(limit: MailboxLimit())
        #expect(mailbox.oldest == nil)
        _ = mailbox.offer(BroadcastFrame(1, run: "a"), now: self.start)
        _ = mailbox.offer(BroadcastFrame(2, run: "b"), now: self.start + .seconds(1))
        _ = mailbox.offer(BroadcastFrame(3, run: "a"), now: self.start + .seconds(2))
        #expect(mailbox.oldest == self.start)
        #expect(mailbox.next()?.words == "a update 3")
        #expect(mailbox.oldest == self.start + .seconds(1))
        _ = mailbox.offer(BroadcastFrame(4, run: "b", isTerminal: true), now: self.start + .seconds(3))
        _ = mailbox.offer(BroadcastFrame(5, run: "a"), now: self.start + .seconds(4))
        #expect(mailbox.oldest == self.start + .seconds(3))
        mailbox.removeAll()
        #expect(mailbox.oldest == nil)
    }

    @Test func `nothing goes out before a snapshot that is awaited`() {
        var mailbox = Mailbox(limit: MailboxLimit(), awaitsSnapshot: true)
        #expect(self.offer(.init(1), to: &mailbox) == [.queued])
        #expect(mailbox.next() == nil)
        #expect(!mailbox.isEmpty)
    }

    @Test func `a snapshot comes after the terminal messages and instead of the updates that waited`() {
        var mailbox = Mailbox(limit: MailboxLimit(), awaitsSnapshot: true)
        _ = self.offer(.init(1, run: "a"), .init(2, run: "b", isTerminal: true), .init(3, run: "b"), to: &mailbox)
        mailbox.begin(with: ActiveSnapshot(texts: "snapshot a", "snapshot b", "end").frames)
        #expect(!mailbox.awaitsSnapshot)
        #expect(mailbox.byteCount == 0)
        #expect(self.offer(.init(3, run: "b"), .init(4, run: "a"), to: &mailbox) == [.duplicate, .queued])
        #expect(mailbox.drained() == ["b end 2", "snapshot a", "snapshot b", "end", "a update 4"])
    }

    @Test func `a snapshot counts against no limit, and is something that waits`() {
        let size = BroadcastFrame(1).bytes.readableBytes
        var mailbox = Mailbox(limit: MailboxLimit(runs: 1, bytes: size), awaitsSnapshot: true)
        mailbox.begin(with: ActiveSnapshot(texts: "a", "b", "c").frames)
        #expect(mailbox.count == 0)
        #expect(!mailbox.isEmpty)
        #expect(self.offer(.init(1), to: &mailbox) == [.queued])
        #expect(mailbox.drained() == ["a", "b", "c", "r1 update 1"])
    }

    @Test func `what is forgotten is gone, the snapshot too, and is not taken in again`() {
        var mailbox = Mailbox(limit: MailboxLimit(), awaitsSnapshot: true)
        mailbox.begin(with: ActiveSnapshot(texts: "a").frames)
        _ = self.offer(.init(1), .init(2, isTerminal: true), to: &mailbox)
        mailbox.removeAll()
        #expect(mailbox.isEmpty)
        #expect(mailbox.byteCount == 0)
        #expect(self.offer(.init(2, isTerminal: true), .init(3), to: &mailbox) == [.duplicate, .queued])
        #expect(mailbox.drained() == ["r1 update 3"])
    }
}
