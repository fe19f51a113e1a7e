/// Which clients went past which step: a row of bits for each place of `StepHistory`.
struct SkipTable: Sendable {
    private let words: Int
    private var bits: [UInt64]

    init(places: Int, clients: Int) {
        self.words = (clients + UInt64.bitWidth - 1) / UInt64.bitWidth
        self.bits = Array(repeating: 0, count: places * self.words)
    }

    mutating func insert(_ client: Int, at place: Int) {
        self.bits[place * self.words + client / UInt64.bitWidth] |= 1 << UInt64(client % UInt64.bitWidth)
    }

    mutating func clear(_ place: Int) {
        for index in self.row(place) { self.bits[index] = 0 }
    }

    func clients(at place: Int) -> [Int] {
        let first = place * self.words
        return self.row(place).flatMap { index in
            (0..<UInt64.bitWidth).filter { self.bits[index] >> UInt64($0) & 1 == 1 }
                .map { (index - first) * UInt64.bitWidth + $0 }
        }
    }

    private func row(_ place: Int) -> Range<Int> { place * self.words..<(place + 1) * self.words }
}
