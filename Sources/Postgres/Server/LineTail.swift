/// The end of a program's output, at most 8 KiB of it.
struct LineTail {
    private var bytes: [UInt8] = []

    mutating func append(_ output: some Sequence<UInt8>) {
        self.bytes += output
        self.bytes.removeFirst(max(0, self.bytes.count - 8192))
    }

    /// The last lines that say something, parted by semicolons.
    ///
    /// - Parameter count: how many at most.
    /// - Returns: one line; empty where nothing was written.
    func lines(_ count: Int) -> String {
        let lines = String(decoding: self.bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        let telling = lines.filter { !$0.allSatisfy(\.isWhitespace) && !$0.contains("removing data directory") }
        return telling.suffix(count).joined(separator: "; ")
    }
}
