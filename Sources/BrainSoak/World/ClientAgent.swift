/// A client as the daemon's list of sessions names it: `soak/17/steady`.
struct ClientAgent: Sendable, Equatable {
    let client: Int
    let kind: ClientKind

    var text: String { "soak/\(self.client)/\(self.kind.rawValue)" }
}

extension ClientAgent {
    /// Reads it back; nil where it isn't one.
    init?(_ text: String) {
        let words = text.split(separator: "/", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "soak", let client = Int(words[1]), client >= 0,
            let kind = ClientKind(rawValue: String(words[2]))
        else { return nil }
        self.init(client: client, kind: kind)
    }
}
