/// A text as a key by its bytes: Swift's own `==` takes a composed and a decomposed `é` for the same, PostgreSQL
/// doesn't.
struct ExactText: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        for byte in self.text.utf8 {
            hasher.combine(byte)
        }
    }
}
