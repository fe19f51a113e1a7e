extension String {
    /// Gives `body` the UTF-8 bytes without copying them where the string holds them in one piece, as nearly all do.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        self.utf8.withContiguousStorageIfAvailable(body) ?? Array(self.utf8).withUnsafeBufferPointer(body)
    }

    /// Whether both are the same bytes, which is PostgreSQL's equality, not canonical equivalence, which is Swift's.
    func hasSameBytes(as other: String) -> Bool {
        self.utf8.count == other.utf8.count
            && self.withBytes { bytes in other.withBytes { bytes.elementsEqual($0) } }
    }
}
