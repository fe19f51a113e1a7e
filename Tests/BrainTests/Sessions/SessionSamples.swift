import NIOCore
import Runs
import WebSocket

@testable import Brain

extension BroadcastFrame {
    /// A frame whose text says what it is: `r1 update 7`.
    convenience init(
        _ number: UInt64,
        run: String = "r1",
        isTerminal: Bool = false,
        padding: Int = 0,
        account: QueueAccount = QueueAccount()
    ) {
        let text = "\(run) \(isTerminal ? "end" : "update") \(number)" + String(repeating: ".", count: padding)
        self.init(
            number: number,
            run: RunID(run),
            isTerminal: isTerminal,
            bytes: PreparedFrame.text(Array(text.utf8)).buffer,
            account: account
        )
    }
}

extension ActiveSnapshot {
    /// A snapshot of these texts.
    init(texts: String...) {
        self.init(frames: texts.map { PreparedFrame.text(Array($0.utf8)).buffer })
    }
}

extension ByteBuffer {
    /// Takes out the first of a server's frames; nil where no whole one is left.
    mutating func readFrame() -> ByteBuffer? {
        guard let short = self.getInteger(at: self.readerIndex + 1, as: UInt8.self) else { return nil }
        let length = self.readerIndex + 2
        switch short {
        case 126: return self.readSlice(length: 4 + Int(self.getInteger(at: length, as: UInt16.self) ?? 0))
        case 127: return self.readSlice(length: 10 + Int(self.getInteger(at: length, as: UInt64.self) ?? 0))
        default: return self.readSlice(length: 2 + Int(short))
        }
    }

    /// A server's frame in words: a text as it is, else `close 1011`, `ping` or `pong`.
    var words: String {
        var frame = self
        guard let first = frame.readInteger(as: UInt8.self), let length = frame.readInteger(as: UInt8.self) else {
            return "no frame"
        }
        if length == 126 { frame.moveReaderIndex(forwardBy: 2) }
        switch first & 0x0F {
        case 0x1: return String(buffer: frame)
        case 0x8: return frame.readInteger(as: UInt16.self).map { "close \($0)" } ?? "close"
        case 0x9: return "ping"
        case 0xA: return "pong"
        default: return "opcode \(first)"
        }
    }
}

extension Mailbox {
    /// What goes next while updates are held back.
    mutating func nextUnlessUpdate() -> ByteBuffer? {
        self.nextKind == .update ? nil : self.next()
    }

    /// Takes out everything that would go to the socket.
    mutating func drained() -> [String] {
        var texts: [String] = []
        while let frame = self.next() { texts.append(frame.words) }
        return texts
    }
}
