import Glibc

/// The three types of a message about a run.
enum MessageType {
    case update, complete, failed

    /// The one that contract §3.1 has for the status.
    init(of status: StepStatus) {
        switch status {
        case .queued, .running: self = .update
        case .completed: self = .complete
        case .failed: self = .failed
        }
    }
}

/// A place in a message that moves on over what is expected there; it never leaves the message.
struct MessageCursor {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int

    /// - Parameters:
    ///   - bytes: the message.
    ///   - position: where to begin; none outside of the message.
    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        self.position = (0...bytes.count).contains(position) ? position : bytes.count
    }

    /// Moves over `text` where it comes next.
    mutating func skip(_ text: StaticString) -> Bool {
        self.skip(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Moves over `expected` where it comes next.
    mutating func skip(_ expected: [UInt8]) -> Bool {
        expected.withUnsafeBytes { self.skip($0) }
    }

    private mutating func skip(_ expected: UnsafeRawBufferPointer) -> Bool {
        guard
            self.bytes.count - self.position >= expected.count,
            let here = self.bytes.baseAddress, let start = expected.baseAddress,
            memcmp(here + self.position, start, expected.count) == 0
        else { return false }
        self.position += expected.count
        return true
    }

    /// The message's beginning, with its type.
    mutating func type() -> MessageType? {
        guard self.skip("{\"type\":\"run_") else { return nil }
        if self.skip("update") { return .update }
        if self.skip("complete") { return .complete }
        return self.skip("failed") ? .failed : nil
    }

    /// The next word, the frequent ones first.
    mutating func status() -> StepStatus? {
        if self.skip("running") { return .running }
        if self.skip("completed") { return .completed }
        if self.skip("failed") { return .failed }
        return self.skip("queued") ? .queued : nil
    }

    /// The number of that many digits, at most 18.
    mutating func number(exactly digits: Int) -> Int? {
        let start = self.position
        let value = self.number()
        return self.position - start == digits ? value : nil
    }

    /// The digits that come next, at most 18, so that the value fits.
    mutating func number() -> Int? {
        let start = self.position
        var value = 0
        while self.position < self.bytes.count, self.position - start < 18 {
            let digit = self.bytes[self.position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = value * 10 + Int(digit)
            self.position += 1
        }
        return self.position == start ? nil : value
    }

    /// Whether a value of an object ends here.
    var isAtValuesEnd: Bool {
        guard self.position < self.bytes.count else { return false }
        let next = self.bytes[self.position]
        return next == UInt8(ascii: ",") || next == UInt8(ascii: "}")
    }
}
