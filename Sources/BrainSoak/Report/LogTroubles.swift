import Foundation

/// What stands in the daemon's log and shouldn't: errors that nothing ordered explains, and lines that are none.
///
/// Failures of children that are what was planted, or silence, are left to ``RestartClock``, which counts them.
struct LogTroubles: Sendable {
    /// Each as `log: …`.
    private(set) var findings = FindingLog()
    /// What a machine that is too slow for the build explains.
    private(set) var silentParts = 0
    /// Whether the daemon dropped lines: what was in them is missed by whoever counts.
    private(set) var hasDroppedLines = false
    /// Whether a session may have been failed so often that it is rightly given up.
    private let mayExhaustSession: Bool
    private let build: SoakBuild
    /// Children that were told to hang, and don't end when they are asked to.
    private var hung: Set<String> = []

    /// Of a line that is none.
    private static let cited = 300
    /// One of them is in each line that matters, and in few others.
    private static let words = ["\"error\"", "\"critical\"", "\"fault planted\"", "\"child started\"", "dropped"]

    init(mayExhaustSession: Bool = false, build: SoakBuild = .current) {
        (self.mayExhaustSession, self.build) = (mayExhaustSession, build)
    }

    /// Takes a line of the log, as JSON.
    ///
    /// - Parameters:
    ///   - line: without its end.
    ///   - second: of the run.
    mutating func hear(_ line: Substring, at second: Int) {
        guard line.hasPrefix("{") else {
            if !line.isEmpty { self.findings.saw("log: \(line.prefix(Self.cited))", at: second) }
            return
        }
        guard Self.words.contains(where: line.contains) else { return }
        guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(line.utf8)) else {
            return self.findings.saw("log: \(line.prefix(Self.cited))", at: second)
        }
        self.note(entry)
        if entry.isError, !self.isExplained(entry) { self.findings.saw("log: \(entry.text)", at: second) }
    }

    private mutating func note(_ entry: Entry) {
        switch (entry.message, entry.child) {
        case ("fault planted", .some(let child)) where entry.reason == "hang": self.hung.insert(child)
        case ("child started", .some(let child)): self.hung.remove(child)
        case ("log lines dropped", _): self.hasDroppedLines = true
        case ("a part of the process gives no answer", _): self.silentParts += 1
        default: break
        }
    }

    private func isExplained(_ entry: Entry) -> Bool {
        switch entry.message {
        case "child failed":
            entry.error == "a planted fault" || entry.error?.hasPrefix("gave no sign of life") == true
        case "child gives no sign of life": true
        case "child did not stop in time": entry.child.map(self.hung.contains) ?? false
        case "session evicted": self.mayExhaustSession
        case "a part of the process gives no answer": self.build == .debug
        default: false
        }
    }

    private struct Entry: Decodable {
        let level: String
        let message: String
        let child: String?
        let reason: String?
        let error: String?

        var isError: Bool { self.level == "error" || self.level == "critical" }

        /// Without what differs each time, so that the same counts as the same.
        var text: String {
            ([self.message] + [self.child, self.error, self.reason].compactMap(\.self)).joined(separator: ": ")
        }
    }
}
