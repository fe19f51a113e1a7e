extension String {
    /// Gives `body` the UTF-8 bytes without copying them where the string holds them in one piece, as nearly all do.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        self.utf8.withContiguousStorageIfAvailable(body) ?? Array(self.utf8).withUnsafeBufferPointer(body)
    }

    /// Whether both are the same bytes, which is PostgreSQL's equality, not canonical equivalence, which is Swift's.
    func hasSameBytes(as other: String) -> Bool {
        self.utf8.count == other.utf8.count
            && self.withBytes { bytes in other.withBytes { bytes.isSame(as: $0) } }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether both hold the same bytes, eight at a time.
    func isSame(as other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard self.count == other.count else { return false }
        let (left, right) = (UnsafeRawBufferPointer(self), UnsafeRawBufferPointer(other))
        var index = 0
        while index + 8 <= left.count {
            guard
                left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    == right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            else { return false }
            index += 8
        }
        return left[index...].elementsEqual(right[index...])
    }
}
