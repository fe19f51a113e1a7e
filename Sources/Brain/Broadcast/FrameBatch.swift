import NIOCore

/// Frames that go out together, also as one run of bytes: who takes them all is given them in one write.
package struct FrameBatch: Sendable {
    /// In the order of their numbers.
    package let frames: [BroadcastFrame]
    /// All of them, one behind the other.
    let bytes: ByteBuffer
    /// How many of them are updates, the others terminal messages.
    let updates: Int

    /// Joins frames; the bytes of a single one are shared, those of several are copied once.
    package init(_ frames: [BroadcastFrame]) {
        self.frames = frames
        self.updates = frames.count { !$0.isTerminal }
        if let only = frames.first, frames.count == 1 {
            self.bytes = only.bytes
        } else {
            var joined = ByteBuffer()
            joined.reserveCapacity(frames.reduce(0) { $0 + $1.bytes.readableBytes })
            for frame in frames { joined.writeImmutableBuffer(frame.bytes) }
            self.bytes = joined
        }
    }

    /// The number of the last frame; nil where there is none.
    var lastNumber: UInt64? { self.frames.last?.number }

    /// Only the frames with a number above `number`.
    func after(_ number: UInt64) -> FrameBatch {
        guard let first = self.frames.first, first.number <= number else { return self }
        return FrameBatch(Array(self.frames.drop { $0.number <= number }))
    }

    /// Where the first bytes of the batch end.
    ///
    /// - Parameter count: a number of bytes.
    /// - Returns: how many frames are whole within them, and how many bytes belong to the one after those.
    func place(of count: Int) -> (whole: Int, begun: Int) {
        var rest = count
        for (index, frame) in self.frames.enumerated() {
            guard rest >= frame.bytes.readableBytes else { return (index, rest) }
            rest -= frame.bytes.readableBytes
        }
        return (self.frames.count, 0)
    }
}
