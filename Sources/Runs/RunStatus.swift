/// Where a run stands, as clients are told: one of four, whatever word the database uses.
package enum RunStatus: UInt8, Sendable, Equatable {
    /// Waits for an agent.
    case queued
    /// Is being worked on.
    case running
    /// Ended well.
    case completed
    /// Ended badly, was given up, or ran out of time.
    case failed

    /// Every word a `status` column may hold, in lower case, with its meaning (contract §3.3).
    private static let vocabulary: [(word: String, status: RunStatus)] = [
        ("queued", .queued),
        ("pending", .queued),
        ("running", .running),
        ("in_progress", .running),
        ("completed", .completed),
        ("success", .completed),
        ("succeeded", .completed),
        ("done", .completed),
        ("failed", .failed),
        ("error", .failed),
        ("timeout", .failed),
        ("cancelled", .failed),
        ("canceled", .failed),
    ]

    /// Reads a word of the database in any case of its ASCII letters; nil where the contract (§3.3) doesn't know it.
    package init?(word: some StringProtocol) {
        let known = Self.vocabulary.first { entry in
            word.utf8.count == entry.word.utf8.count
                && word.utf8.elementsEqual(entry.word.utf8) { Self.lowercased($0) == $1 }
        }
        guard let known else { return nil }
        self = known.status
    }

    /// The word that clients are sent.
    package var word: String {
        switch self {
        case .queued: "queued"
        case .running: "running"
        case .completed: "completed"
        case .failed: "failed"
        }
    }

    /// Whether the run has ended: its message is never left out.
    package var isTerminal: Bool { self == .completed || self == .failed }

    /// All words of §3.3 that mean `status`, in lower case, its own word first: what a query by status looks for.
    package static func words(meaning status: RunStatus) -> [String] {
        self.vocabulary.filter { $0.status == status }.map(\.word)
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
