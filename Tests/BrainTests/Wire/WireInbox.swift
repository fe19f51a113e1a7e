import Synchronization

/// What has come over a socket: bytes, and the frames that they make.
final class WireInbox: Sendable {
    private struct Content {
        var bytes: [UInt8] = []
        var isAtEnd = false
        var parsed = 0
        var frames: [WireFrame] = []
    }

    private let content = Mutex(Content())

    /// All bytes ever.
    var bytes: [UInt8] { self.content.withLock { $0.bytes } }

    /// All whole frames ever.
    var frames: [WireFrame] { self.content.withLock { $0.frames } }

    /// Bytes after the last whole frame.
    var rest: Int { self.content.withLock { $0.bytes.count - $0.parsed } }

    /// Whether the socket will give nothing more.
    var isAtEnd: Bool { self.content.withLock { $0.isAtEnd } }

    /// Takes in what was read; nil for the end.
    func take(_ bytes: [UInt8]?) {
        self.content.withLock { content in
            content.isAtEnd = bytes == nil
            content.bytes += bytes ?? []
            while let (frame, end) = WireFrame.first(in: content.bytes[content.parsed...]) {
                content.frames.append(frame)
                content.parsed = end
            }
        }
    }
}

/// A server's frame, read strictly (RFC 6455 §5.2).
enum WireFrame: Equatable {
    case text([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16?)
    /// Bytes that no server of ours may send: from here on nothing is a frame.
    case torn

    /// The first frame and where it ends; nil where it isn't whole yet.
    static func first(in bytes: ArraySlice<UInt8>) -> (WireFrame, end: Int)? {
        guard bytes.count >= 2 else { return nil }
        guard let header = Header(bytes) else { return (.torn, bytes.endIndex) }
        guard let length = header.length else { return nil }
        let start = bytes.startIndex + header.count
        guard bytes.endIndex >= start + length else { return nil }
        return (self.init(header.opcode, Array(bytes[start..<(start + length)])), start + length)
    }

    /// What it is, in short.
    var gist: String {
        if case .text(let text) = self { String(decoding: text, as: UTF8.self).gist } else { "\(self)" }
    }

    private init(_ opcode: UInt8, _ payload: [UInt8]) {
        switch opcode {
        case 0x1: self = .text(payload)
        case 0x8: self = .close(payload.count < 2 ? nil : UInt16(payload[0]) << 8 | UInt16(payload[1]))
        case 0x9: self = .ping(payload)
        default: self = .pong(payload)
        }
    }

    /// The first bytes of a frame: whole, unmasked, of the shortest form.
    private struct Header {
        let opcode: UInt8
        let count: Int
        /// Nil where its bytes aren't all there.
        let length: Int?

        init?(_ bytes: ArraySlice<UInt8>) {
            let (first, short) = (bytes[bytes.startIndex], bytes[bytes.startIndex + 1])
            let extra = short == 126 ? 2 : short == 127 ? 8 : 0
            guard [0x81, 0x88, 0x89, 0x8A].contains(first), short <= (first == 0x81 ? 127 : 125) else { return nil }
            (self.opcode, self.count) = (first & 0x0F, 2 + extra)
            let tail = bytes.dropFirst(2).prefix(extra)
            let long = tail.reduce(0) { $0 << 8 | Int($1) }
            self.length = extra == 0 ? Int(short) : tail.count == extra ? long : nil
            if let length, extra > 0, length < (extra == 2 ? 126 : 65_536) { return nil }
        }
    }
}
