import Foundation

/// What a run ends with; whoever runs it fills it on the way.
struct SoakReport: Encodable, Sendable {
    /// Raised with each change of what is written.
    let schema = 2
    let setup: SoakSetup
    let startedAt: Date
    /// Nil while it runs.
    var endedAt: Date?
    /// How long clients and writers were at work.
    var ranSeconds = 0
    /// Set by ``judge(_:)``, with the three below.
    private(set) var verdict = Verdict.Word.running
    /// Why it failed, in sentences.
    private(set) var reasons: [String] = []
    /// What isn't judged, and why.
    private(set) var remarks: [String] = []
    /// Each figure that is held against a bound.
    private(set) var judgements: [Judgement] = []

    var losses = LossLog()
    /// What stood, and what the log complained of.
    var findings = FindingLog()
    /// All that audits saw, also what was gone by the next one.
    var sights = FindingLog()
    var counts = SoakCounts()
    var latency = LatencyReport()
    var restarts = RestartSummary()
    var log = LogFigures()
    var memory = MemorySummary()
    var descriptors = DescriptorFigures()
    var objects = ObjectFigures()
    var presence = PresenceFigures()
    var captures = CaptureFigures()
    var ending = SoakEnding()
    var faults = FaultLog()
    var samples = SampleSeries()

    init(setup: SoakSetup, startedAt: Date) {
        (self.setup, self.startedAt) = (setup, startedAt)
    }

    /// Holds the figures, as they are now, against the bounds.
    mutating func judge(_ rules: VerdictRules = VerdictRules()) {
        let verdict = Verdict(of: self, rules)
        (self.verdict, self.judgements) = (verdict.word, verdict.judgements)
        (self.reasons, self.remarks) = (verdict.reasons, verdict.remarks)
    }

    /// As JSON, its keys in alphabetical order.
    ///
    /// - Returns: the text.
    /// - Throws: never, with what a report holds.
    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        // A ratio to nothing must not cost the report of days.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        return try encoder.encode(self)
    }
}

/// What happened how often.
struct SoakCounts: Encodable, Sendable, Equatable {
    var committedChanges = 0
    var messagesHeard = 0
    /// Over the whole run.
    var messagesPerSecond = 0.0
    var joins = 0
    /// By reason; a close frame's has its code.
    var leaves: [String: Int] = [:]
    /// Connections of steady clients that ended without their doing, likewise.
    var steadyEnded: [String: Int] = [:]
    var refusals = 0
    /// Terminal states that the capture could not observe, so that nobody had to be told.
    var unobservedEnds = 0
    /// Messages so old that only their order was checked.
    var forgotten = 0
}

/// What the daemon's log says of the run's worth.
struct LogFigures: Encodable, Sendable, Equatable {
    /// How often a part of the process gave no answer for 5 s.
    var silentParts = 0
    /// Whether lines were dropped, so that what was ordered may have come unseen.
    var hasDroppedLines = false
}

/// The daemon's open descriptors; nil where they couldn't be read.
struct DescriptorFigures: Encodable, Sendable, Equatable {
    var beforeClients: Int?
    var afterClients: Int?
    /// The same by their kinds.
    var kindsBefore: [String: Int] = [:]
    var kindsAfter: [String: Int] = [:]

    /// `socket +1, pipe -1`: what there are more or fewer of after the clients than before; empty where all are as many.
    var difference: String {
        let kinds = Set(self.kindsBefore.keys).union(self.kindsAfter.keys).sorted()
        let changes = kinds.map { ($0, self.kindsAfter[$0, default: 0] - self.kindsBefore[$0, default: 0]) }
        return changes.filter { $0.1 != 0 }.map { "\($0) \($1 > 0 ? "+" : "")\($1)" }.joined(separator: ", ")
    }
}

/// What the daemon says it still holds after the clients have left; nil where it said nothing.
struct ObjectFigures: Encodable, Sendable, Equatable {
    var sessions: Int?
    /// How many different audits were seen.
    var audits = 0
}

/// How many of the clients that are to stay were there, over the run.
struct PresenceFigures: Encodable, Sendable, Equatable {
    /// How long none of the clients could read or answer, at most: what they then lose is the machine's doing.
    var longestRoundSeconds = 0.0
    private(set) var present = 0
    private(set) var all = 0

    mutating func add(_ present: Int, of all: Int) {
        self.present += present
        self.all += all
    }

    /// Nil before anyone was counted.
    var share: Double? { self.all > 0 ? Double(self.present) / Double(self.all) : nil }
}

/// How often a sample found the daemon on the capture that it began with, or a better one; those that found none don't
/// count.
struct CaptureFigures: Encodable, Sendable, Equatable {
    private(set) var same = 0
    /// By its name.
    private(set) var others: [String: Int] = [:]
    /// The most of them that followed each other.
    private(set) var longestFallback = 0
    private var fallback = 0

    /// The worst first.
    private static let ranks = ["poll", "notify", "wal"]

    mutating func add(_ capture: String, of start: String) {
        let isAsGood = Self.isAsGood(capture, as: start)
        if isAsGood { self.same += 1 } else { self.others[capture, default: 0] += 1 }
        self.fallback = isAsGood ? 0 : self.fallback + 1
        self.longestFallback = max(self.longestFallback, self.fallback)
    }

    static func isAsGood(_ capture: String, as start: String) -> Bool {
        (Self.ranks.firstIndex(of: capture) ?? -1) >= (Self.ranks.firstIndex(of: start) ?? 0)
    }

    var otherCount: Int { self.others.values.reduce(0, +) }
}

/// How a run ended.
struct SoakEnding: Encodable, Sendable, Equatable {
    /// How the daemon ended by itself; nil: it didn't.
    var daemonEnded: String?
    /// What made it impossible to go on; nil: nothing did.
    var brokeOff: String?
    /// What had not settled after the last fault; nil: all had.
    var unsettled: String?
    /// Whether it was stopped before its time.
    var isInterrupted = false
}
