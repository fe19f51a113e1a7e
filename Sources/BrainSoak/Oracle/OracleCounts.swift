/// What the oracle was told, counted since the start.
struct OracleCounts: Sendable, Equatable {
    /// Steps that a writer was about to commit.
    var announced = 0
    /// Steps that the server acknowledged, or that the table showed afterwards.
    var committed = 0
    /// Steps that were rolled back, or lost with their connection.
    var abandoned = 0
    /// States that clients were sent.
    var heard = 0
    /// Connections, those of clients that came back too.
    var joined = 0
    /// Connections that ended, by reason.
    var left = LeaveCounts()
    /// Of these, the connections of steady clients that somebody else ended.
    var steadyEnded = LeaveCounts()
    /// Refusals, by HTTP status.
    var refused: [Int: Int] = [:]
    /// Terminal states that some client was to hear, and went past, and that nobody has heard: overwritten before Brain
    /// looked again, which is allowed (contract §4.2).
    var unobservedTerminals = 0
    /// States heard that are so old that the oracle no longer knows whether they were committed.
    var forgotten = 0
}

/// Connections that ended, by reason.
struct LeaveCounts: Sendable, Equatable {
    var ownWill = 0
    var cut = 0
    /// By the code of the close frame.
    var closed: [Int: Int] = [:]

    mutating func add(_ reason: LeaveReason) {
        switch reason {
        case .ownWill: self.ownWill += 1
        case .cut: self.cut += 1
        case .closed(let code): self.closed[code, default: 0] += 1
        }
    }
}
