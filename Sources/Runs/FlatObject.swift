/// A JSON object of strings, numbers and nulls, as ``JSONObjectText`` writes it, to take values out as they stand.
struct FlatObject {
    private let bytes: [UInt8]

    init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    /// The JSON of a key's value; nil where the key isn't there.
    ///
    /// Takes time by the object's length.
    func value(of key: String) -> String? {
        var position = 1
        while position < self.bytes.count {
            let name = self.string(from: position)
            let value = self.value(from: name.upperBound + 1)
            if self.bytes[name].dropFirst().dropLast().elementsEqual(key.utf8) {
                return String(decoding: self.bytes[value], as: UTF8.self)
            }
            position = value.upperBound + 1
        }
        return nil
    }

    /// A string with its quotes, from the first of them on.
    private func string(from start: Int) -> Range<Int> {
        var index = start + 1
        while index < self.bytes.count, self.bytes[index] != UInt8(ascii: "\"") {
            index += self.bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return self.range(start, index + 1)
    }

    private func value(from start: Int) -> Range<Int> {
        guard start < self.bytes.count, self.bytes[start] != UInt8(ascii: "\"") else {
            return self.string(from: start)
        }
        let ends = self.bytes[start...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") }
        return self.range(start, ends ?? self.bytes.count)
    }

    /// Within the bytes, whatever they are.
    private func range(_ start: Int, _ end: Int) -> Range<Int> {
        let start = min(start, self.bytes.count)
        return start..<max(start, min(end, self.bytes.count))
    }
}
