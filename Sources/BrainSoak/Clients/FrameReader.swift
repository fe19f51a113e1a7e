/// Something that a server may not send.
struct WireViolation: Error, Equatable {
    /// What is wrong with it, for the report.
    let text: String
}

/// A frame of the server's, in the buffer that it was read into.
struct ServerFrame {
    /// What a server of runs has reason to send.
    enum Kind {
        case text, ping, close
    }

    let kind: Kind
    let payload: UnsafeRawBufferPointer

    /// The code of a close frame; 1005 where it has none (RFC 6455 §7.1.5).
    var closeCode: Int {
        self.payload.count < 2 ? 1005 : Int(self.payload[0]) << 8 | Int(self.payload[1])
    }
}

/// Frames out of the bytes of a connection, in whatever pieces they come (RFC 6455 §5.2).
///
/// Holds nothing between whole frames, and at most one frame and a piece otherwise; frames are told in place.
struct FrameReader: Sendable {
    /// The longest payload: twice the longest `error` (contract §3.1), more than the soak ever writes.
    static let payloadLimit = 128 << 10

    /// The beginning of a frame whose rest hasn't come.
    private var tail: [UInt8] = []

    /// The bytes that are held.
    var held: Int { self.tail.count }

    /// Takes the next piece.
    ///
    /// - Parameters:
    ///   - bytes: what follows the pieces before.
    ///   - take: is told of each whole frame, which holds for the call; false drops what comes behind it.
    /// - Returns: what ended the reading; the reader is of no use after it.
    mutating func read(_ bytes: UnsafeRawBufferPointer, _ take: (ServerFrame) -> Bool) -> WireViolation? {
        guard !self.tail.isEmpty else { return self.readWhole(bytes, take) }
        var whole: [UInt8] = []
        swap(&whole, &self.tail)
        whole.append(contentsOf: bytes)
        return whole.withUnsafeBytes { self.readWhole($0, take) }
    }

    private mutating func readWhole(
        _ bytes: UnsafeRawBufferPointer,
        _ take: (ServerFrame) -> Bool
    ) -> WireViolation? {
        var rest = bytes
        while true {
            switch Self.next(in: rest) {
            case .frame(let frame, let size):
                guard take(frame) else { return nil }
                rest = UnsafeRawBufferPointer(rebasing: rest[size...])
            case .incomplete:
                if !rest.isEmpty { self.tail = Array(rest) }
                return nil
            case .violation(let text): return WireViolation(text: text)
            }
        }
    }
}

extension FrameReader {
    private enum Step {
        /// With its size on the wire.
        case frame(ServerFrame, size: Int)
        case incomplete
        case violation(String)
    }

    private static func next(in bytes: UnsafeRawBufferPointer) -> Step {
        guard bytes.count >= 2 else { return .incomplete }
        guard let kind = self.kind(bytes[0]) else { return .violation("a frame that begins with \(bytes[0])") }
        let short = Int(bytes[1])
        guard short < 0x80 else { return .violation("a masked frame") }
        guard kind == .text || short < 126 && !(kind == .close && short == 1) else {
            return .violation("a control frame of length \(short)")
        }
        let head = short < 126 ? 2 : short == 126 ? 4 : 10
        guard bytes.count >= head else { return .incomplete }
        guard let length = self.length(short, bytes) else {
            return .violation("a frame's length is wrong or too great")
        }
        guard bytes.count - head >= length else { return .incomplete }
        let payload = UnsafeRawBufferPointer(rebasing: bytes[head..<head + length])
        return .frame(ServerFrame(kind: kind, payload: payload), size: head + length)
    }

    /// Nil also for a fragment and for reserved bits.
    private static func kind(_ first: UInt8) -> ServerFrame.Kind? {
        switch first {
        case 0x81: .text
        case 0x88: .close
        case 0x89: .ping
        default: nil
        }
    }

    /// Nil where it is over the limit, or could have been written shorter.
    private static func length(_ short: Int, _ bytes: UnsafeRawBufferPointer) -> Int? {
        switch short {
        case 126:
            let length = Int(bytes[2]) << 8 | Int(bytes[3])
            return length < 126 ? nil : length
        case 127:
            let length = bytes[2..<10].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return (65_536...UInt64(self.payloadLimit)).contains(length) ? Int(length) : nil
        default: return short
        }
    }
}
