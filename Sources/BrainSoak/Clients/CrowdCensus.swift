/// How a ``ClientCrowd`` stands, as of its last round.
struct CrowdCensus: Sendable, Equatable {
    /// The clients of a kind.
    struct Share: Sendable, Equatable {
        /// Those that are behind their 101, and not on their way out.
        var joined = 0
        var all = 0
    }

    var byKind: [ClientKind: Share] = [:]
    /// Those that have left for good.
    var gone = 0
    /// Since the beginning.
    var bytesRead = 0
    /// Since the beginning.
    var rounds = 0
    /// From the start of a round to the start of the next, at most; 200 ms of it may be sleep.
    var longestRound = Duration.zero

    var joined: Int { self.byKind.values.reduce(0) { $0 + $1.joined } }
    var all: Int { self.byKind.values.reduce(0) { $0 + $1.all } }
}

extension CrowdCensus {
    /// Of clients that have yet to come.
    init(_ kinds: [ClientKind]) {
        for kind in ClientKind.allCases { self.byKind[kind] = Share(all: kinds.count { $0 == kind }) }
    }

    /// Counts who is there; it is done each round, so in one go.
    mutating func count(_ machines: [ClientMachine]) {
        var (steady, slow, halfOpen, churning, gone) = (0, 0, 0, 0, 0)
        for client in machines.indices {
            guard machines[client].isOpen else {
                if machines[client].isGone { gone += 1 }
                continue
            }
            switch machines[client].kind {
            case .steady: steady += 1
            case .slow: slow += 1
            case .halfOpen: halfOpen += 1
            case .churning: churning += 1
            }
        }
        self.gone = gone
        self.byKind[.steady]?.joined = steady
        self.byKind[.slow]?.joined = slow
        self.byKind[.halfOpen]?.joined = halfOpen
        self.byKind[.churning]?.joined = churning
    }
}
