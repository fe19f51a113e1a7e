@testable import Brain

extension SessionShard {
    /// Delivers frames that were joined by no one.
    func deliver(_ frames: [BroadcastFrame], snapshot: ActiveSnapshot?) -> UInt64 {
        self.deliver(FrameBatch(frames), snapshot: snapshot)
    }

    var caughtUpCount: Int { self.caughtUp.count }
}
