/// A figure beside its bound.
struct Judgement: Encodable, Sendable, Equatable {
    enum State: String, Encodable, Sendable {
        case kept
        case broken
        /// Not judged: the run is too short for it, or not over yet.
        case open
    }

    let name: String
    let found: String
    let bound: String
    let state: State
    /// Why it is broken or open; nil where there is nothing to say.
    var sentence: String?
}

/// The bounds of a ``Verdict``.
struct VerdictRules: Sendable {
    /// Of each child's restarts, its pause included, 99 of 100 take less.
    var restartMilliseconds = 100.0
    /// Times and memory of a shorter run aren't judged.
    var leastMinutes = MemoryWindows.leastMinutes
    /// How many more descriptors than before may be open at the end.
    var descriptorSlack = 0
    /// The least share of the changes asked for that must have been committed.
    var leastShareOfChanges = 0.8
    /// How many times as long messages of the others may take after a session failed as they do without, 99 of 100.
    var isolationFactor = 2.0
    /// What is granted beside that.
    var isolationMilliseconds = 10.0
    /// The least share of the faults planned until then that must have been done.
    var leastShareOfFaults = 0.5
    /// The least share of the samples that must find the daemon on the capture that it began with.
    var leastShareOfCapture = 0.9
    /// How many samples in a row may find a lesser one in any case: a better capture is looked for each 30 s.
    var otherCaptureSamples = 8
    /// The least share of the steady clients that must have been connected, on average.
    var leastPresence = 0.9
    /// How long the clients may stand still without being rightly taken for slow or gone, of the daemon's 5 s.
    var longestRoundSeconds = 2.0
    /// How many seconds there may be for each audit: they are made each 5 s, but for those of an Auditor that hangs.
    var secondsForAudit = 30
}
