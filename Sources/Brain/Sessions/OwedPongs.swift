import NIOCore
import WebSocket

/// The answers to a client's pings that its socket has not taken: of each kind the newest, which answers those before it.
///
/// RFC 6455 §5.5.3 asks for no more of pong frames, and the pongs in text messages go the same way. So a client that pings
/// and doesn't read makes nothing grow. It takes 8 bytes while nothing is owed.
struct OwedPongs {
    private var frames: [PreparedFrame] = []

    /// Whether every ping is answered.
    var isEmpty: Bool { self.frames.isEmpty }

    /// Owes an answer, in place of the one of its kind that still waits.
    mutating func add(_ pong: PreparedFrame) {
        self.frames.removeAll { Self.kind(of: $0) == Self.kind(of: pong) }
        self.frames.append(pong)
    }

    /// Takes out the answer to the oldest of the pings; nil where there is none.
    mutating func next() -> PreparedFrame? {
        guard let first = self.frames.first else { return nil }
        // A new array: an empty one holds no memory, one that was emptied would.
        self.frames = Array(self.frames.dropFirst())
        return first
    }

    /// Forgets what is owed: the session is closed.
    mutating func removeAll() {
        self.frames = []
    }

    /// A frame's first byte tells a pong from a text message (RFC 6455 §5.2).
    private static func kind(of frame: PreparedFrame) -> UInt8? {
        frame.buffer.getInteger(at: frame.buffer.readerIndex)
    }
}
