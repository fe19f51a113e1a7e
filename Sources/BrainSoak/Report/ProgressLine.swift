/// How far a run is, in one line that fits a width.
struct ProgressLine: Sendable {
    var second = 0
    var totalSeconds = 0
    var changesPerSecond = 0.0
    var messagesPerSecond = 0.0
    /// What isn't known at the moment is left out.
    var sessions: Int?
    var residentMiB: Double?
    /// Of the last interval.
    var p99: Double?
    var faults = 0
    var restarts = 0
    var findings = 0
    var losses = 0

    /// Words are shortened where they don't fit, then what matters least goes; what decides the verdict never does.
    ///
    /// - Parameter columns: how wide it may be.
    /// - Returns: a line without its end.
    func text(columns: Int = 120) -> String {
        var fields = self.fields
        let (long, short) = (fields.map(\.long).joined(separator: " · "), fields.map(\.short))
        guard long.count > columns else { return long }
        guard short.joined(separator: " · ").count > columns else { return short.joined(separator: " · ") }
        while fields.map(\.short).joined(separator: ", ").count > columns,
            let least = fields.indices.min(by: { fields[$0].rank < fields[$1].rank }), fields[least].rank < .verdict
        { fields.remove(at: least) }
        return fields.map(\.short).joined(separator: ", ")
    }

    private var fields: [Field] { [self.time] + self.rates + self.state + self.incidents + self.complaints }

    private var time: Field {
        let (at, left) = (Figure.clock(self.second), Figure.clock(self.totalSeconds - self.second) + " left")
        return Field(.verdict, "\(at) of \(Figure.clock(self.totalSeconds)), \(left)", "\(at), \(left)")
    }

    private var rates: [Field] {
        let changes = Figure.number(self.changesPerSecond)
        let thousands = Figure.number(self.messagesPerSecond / 1000)
        return [
            Field(.rate, "\(changes) changes/s", "\(changes) chg/s"),
            Field(.rate, "\(Figure.number(self.messagesPerSecond)) messages/s", "\(thousands)k msg/s"),
        ]
    }

    private var state: [Field] {
        let sessions = self.sessions.map(Figure.number)
        return [
            sessions.map { Field(.sessions, "\($0) sessions", "\($0) open") },
            self.residentMiB.map { Field(.memory, "\(Figure.number($0, digits: 1)) MiB") },
            self.p99.map { Field(.latency, "p99 \(Figure.milliseconds($0))") },
        ].compactMap(\.self)
    }

    private var incidents: [Field] {
        [
            Field(.incident, Figure.count(self.faults, "fault", "faults")),
            Field(.incident, Figure.count(self.restarts, "restart", "restarts")),
        ]
    }

    private var complaints: [Field] {
        [
            Field(.verdict, Figure.count(self.findings, "finding", "findings")),
            Field(.verdict, Figure.count(self.losses, "loss", "losses")),
        ]
    }
}

/// A part of the line; those of a low rank go first.
private struct Field {
    enum Rank: Int, Comparable {
        case sessions
        case memory
        case rate
        case latency
        case incident
        case verdict

        static func < (one: Rank, other: Rank) -> Bool { one.rawValue < other.rawValue }
    }

    let rank: Rank
    let long: String
    let short: String

    init(_ rank: Rank, _ long: String, _ short: String? = nil) {
        (self.rank, self.long, self.short) = (rank, long, short ?? long)
    }
}
