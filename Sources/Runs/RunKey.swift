/// Finds a run by its id without keeping the id twice: it is the `data` of a state, of which it compares the id alone.
///
/// Equal are the same bytes, as in PostgreSQL: ids that are canonically equivalent for Swift are two runs.
struct RunKey: Sendable, Hashable {
    /// Where each `data` begins: what follows is the id, escaped, and the quote that ends it.
    private static let prefix = "{\"id\":\""

    private let data: String

    init(_ state: RunState) {
        self.data = state.data
    }

    init(id: String) {
        self.data = "{\"id\":" + JSONText.quoted(id)
    }

    /// The state whose `data` the key is; only for a key made of a state.
    func state(_ status: RunStatus) -> RunState {
        RunState(data: self.data, status: status)
    }

    static func == (left: RunKey, right: RunKey) -> Bool {
        left.withIDBytes { left in right.withIDBytes { left.isSame(as: $0) } }
    }

    func hash(into hasher: inout Hasher) {
        self.withIDBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    private func withIDBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        self.data.withBytes { bytes in
            let start = min(Self.prefix.utf8.count, bytes.count)
            return body(UnsafeBufferPointer(rebasing: bytes[start..<Self.end(of: bytes, from: start)]))
        }
    }

    /// The first quote that no backslash escapes.
    private static func end(of bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index, bytes.count)
    }
}
