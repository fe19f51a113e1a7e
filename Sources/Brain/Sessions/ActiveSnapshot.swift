package import NIOCore

/// The answer to `?snapshot=active`: a message for each queued or running run, then `snapshot_end`; shared by all that
/// asked for it at the same time.
package struct ActiveSnapshot: Sendable {
    /// The messages, ready for the socket.
    package let frames: [ByteBuffer]

    /// Makes a snapshot of frames that are ready.
    package init(frames: [ByteBuffer]) {
        self.frames = frames
    }
}
