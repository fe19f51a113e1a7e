/// A place in the server's write-ahead log (LSN): later is greater, over the life of one timeline.
package struct LogPosition: Sendable, Hashable, Comparable {
    /// Bytes from the log's beginning; 0 stands for no place (InvalidXLogRecPtr).
    package let offset: UInt64

    /// No place: before all others.
    package static let none = LogPosition(offset: 0)

    /// The place so many bytes from the beginning.
    package init(offset: UInt64) {
        self.offset = offset
    }

    /// Reads what the server prints, as `16/B374D848` (PostgreSQL manual, 8.20); nil for anything else.
    package init?(_ text: String?) {
        let halves = text?.split(separator: "/", omittingEmptySubsequences: false) ?? []
        guard halves.count == 2, let high = UInt32(halves[0], radix: 16), let low = UInt32(halves[1], radix: 16) else {
            return nil
        }
        self.offset = UInt64(high) << 32 | UInt64(low)
    }

    /// Orders by place.
    package static func < (left: LogPosition, right: LogPosition) -> Bool {
        left.offset < right.offset
    }
}

extension LogPosition: CustomStringConvertible {
    /// As the server prints it.
    package var description: String {
        let halves = [self.offset >> 32, self.offset & 0xFFFF_FFFF]
        return halves.map { String($0, radix: 16, uppercase: true) }.joined(separator: "/")
    }
}
