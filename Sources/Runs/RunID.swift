/// The id of a run, equal where its bytes are.
///
/// Swift takes canonically equivalent strings for the same (`é` as one scalar or as two); in PostgreSQL they are the
/// keys of two rows.
package struct RunID: Sendable, Hashable {
    /// The id as text.
    package let text: String

    /// The id `text`.
    package init(_ text: String) {
        self.text = text
    }

    /// Compares bytes.
    package static func == (left: RunID, right: RunID) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    /// Hashes bytes.
    package func hash(into hasher: inout Hasher) {
        self.text.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
