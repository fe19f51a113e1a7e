/// Bytes as a broken or hostile sender makes them of sound ones; the same in every run.
///
/// Their readers must not trap, whatever they make of them: a trap would end the process of the tests.
struct Mutations {
    /// What readers trip over: ends, escapes, signs, large numbers, broken UTF-8.
    private static let pieces: [[UInt8]] =
        [
            "", "%", "%4", "%00", "\\", "\\u", "\\ud800", "\"", "{", "}", "[", "]", ",", ":", "::", "/", "//", "?", "&",
            "=", "-", "+", "0", "-1", "1e9999", "9223372036854775807", "9223372036854775808",
            "99999999999999999999999", ".", "@", "\0", "\r\n", "\n", " ", "\t", "\u{301}", "\u{1F469}\u{200D}\u{1F467}",
            "\u{FEFF}", "é", "NaN",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80]]

    private var random: Seeded

    init(seed: UInt64) {
        self.random = Seeded(seed: seed)
    }

    /// A number in the range.
    mutating func number(in range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self.random)
    }

    /// One of the elements, of which there is at least one.
    mutating func one<Element>(of elements: [Element]) -> Element {
        elements[self.number(in: 0...elements.count - 1)]
    }

    /// The bytes with one to four changes, or now and then none of them but random ones.
    mutating func bytes(of sound: [UInt8]) -> [UInt8] {
        guard self.number(in: 0...19) > 0 else { return self.noise(upTo: sound.count + 8) }
        var bytes = sound
        for _ in 1...self.number(in: 1...4) { self.change(&bytes) }
        return bytes
    }

    /// The text with such changes, as UTF-8 makes it of the bytes.
    mutating func text(of sound: String) -> String {
        String(decoding: self.bytes(of: Array(sound.utf8)), as: UTF8.self)
    }

    private mutating func noise(upTo count: Int) -> [UInt8] {
        (0..<self.number(in: 0...count)).map { _ in UInt8(self.number(in: 0...255)) }
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let start = self.number(in: 0...bytes.count)
        let end = min(bytes.count, start + self.number(in: 0...8))
        switch self.number(in: 0...4) {
        case 0: bytes.removeSubrange(start..<end)
        case 1: bytes.insert(contentsOf: Self.pieces[self.number(in: 0...Self.pieces.count - 1)], at: start)
        case 2: bytes.insert(contentsOf: bytes[start..<end], at: start)
        case 3: bytes.replaceSubrange(start..<end, with: self.noise(upTo: 8))
        default: bytes.removeSubrange(start...)
        }
    }
}
