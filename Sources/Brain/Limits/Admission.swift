/// Counts connections and sessions, and decides whether one more may be.
///
/// A connection counts under its peer until it becomes a session or ends; a session counts under its client, which
/// behind a trusted proxy is someone else. Every refusal is counted by its reason.
package struct Admission: Sendable {
    private let limits: AdmissionLimits
    private var connections = AddressTally()
    private var sessions = AddressTally()
    /// Buckets that aren't full, and those that filled up since the last ``prune(now:)``.
    private var rates: [IPAddress: TokenBucket] = [:]
    private var accepted = 0
    private var rejected: [Refusal.Reason: Int] = [:]
    /// The number of the last census; 0 before the first.
    package private(set) var census = 0
    /// The sessions that the last census has found; nil once there is nothing to be put right by it.
    private var found: AddressTally?
    /// Sessions that no census from this one on has found were written off.
    private var valid = 0

    /// Makes one that has nothing to count yet.
    package init(limits: AdmissionLimits) {
        self.limits = limits
    }

    /// The counts, as of now.
    package var counts: AdmissionCounts {
        AdmissionCounts(
            connections: self.connections.total,
            sessions: self.sessions.total,
            addresses: self.sessions.addresses,
            rememberedRates: self.rates.count,
            accepted: self.accepted,
            rejected: self.rejected
        )
    }

    /// How many sessions a client has.
    package func sessionCount(of client: IPAddress) -> Int {
        self.sessions[client]
    }

    /// Counts a refusal, whoever decided it.
    package mutating func refused(_ refusal: Refusal) {
        self.rejected[refusal.reason, default: 0] += 1
    }
}

extension Admission {
    /// Counts a new connection; or says why it must be closed, and counts only that.
    package mutating func connectionOpened(from peer: IPAddress) -> Refusal? {
        if let refusal = self.connectionRefusal(from: peer) {
            self.refused(refusal)
            return refusal
        }
        self.connections.add(peer)
        return nil
    }

    /// Takes back a connection that was counted: it ended, or became a session.
    package mutating func connectionClosed(from peer: IPAddress) {
        self.connections.remove(peer)
    }

    private func connectionRefusal(from peer: IPAddress) -> Refusal? {
        let isProxy = self.limits.trustedProxies.contains { $0.contains(peer) }
        guard isProxy || self.connections[peer] < self.limits.connectionsPerAddress else {
            return .connectionsOfAddressExhausted(peer, limit: self.limits.connectionsPerAddress)
        }
        guard self.connections.total < self.limits.connections else {
            return .connectionsExhausted(limit: self.limits.connections)
        }
        return nil
    }
}

extension Admission {
    /// Counts a new session; or says why there must be none, and counts only that.
    ///
    /// The rate is asked first, then the client's sessions, then all (contract §2). What the rate refuses takes no
    /// token, so that a client that waits for as long as it was told gets through; what the rest refuses does take one.
    package mutating func sessionRequested(by client: IPAddress, now: ContinuousClock.Instant) -> Refusal? {
        if let refusal = self.rateRefusal(of: client, now: now) ?? self.sessionRefusal(of: client) {
            self.refused(refusal)
            return refusal
        }
        self.sessions.add(client)
        self.found?.add(client)
        self.accepted += 1
        return nil
    }

    /// Takes back a session that was counted, unless it was written off.
    ///
    /// - Parameters:
    ///   - client: whose it was.
    ///   - census: the last one that found it, or that was the last when it was admitted.
    package mutating func sessionEnded(by client: IPAddress, foundIn census: Int) {
        guard census >= self.valid else { return }
        self.sessions.remove(client)
        if census == self.census { self.found?.remove(client) }
    }

    /// Forgets the rates of clients that have all their tokens.
    package mutating func prune(now: ContinuousClock.Instant) {
        self.rates = self.rates.filter { !$0.value.isFull(now: now) }
    }

    private mutating func rateRefusal(of client: IPAddress, now: ContinuousClock.Instant) -> Refusal? {
        guard self.limits.sessionRatePerAddress > 0 else { return nil }
        var bucket = self.rates[client] ?? self.newBucket(now: now)
        guard bucket.take(now: now) else { return .rateExceeded(client, wait: bucket.wait(now: now)) }
        self.rates[client] = bucket
        return nil
    }

    /// Past the bound any one makes room: who has so many addresses isn't held by the rate of one.
    private mutating func newBucket(now: ContinuousClock.Instant) -> TokenBucket {
        if self.rates.count >= self.limits.rememberedRates, let victim = self.rates.indices.first {
            self.rates.remove(at: victim)
        }
        return TokenBucket(rate: self.limits.sessionRatePerAddress, now: now)
    }

    private func sessionRefusal(of client: IPAddress) -> Refusal? {
        guard self.sessions[client] < self.limits.sessionsPerAddress else {
            return .sessionsOfAddressExhausted(client, limit: self.limits.sessionsPerAddress)
        }
        guard self.sessions.total < self.limits.sessions else {
            return .sessionsExhausted(limit: self.limits.sessions)
        }
        return nil
    }
}

// MARK: The census
extension Admission {
    /// Begins to count the sessions anew, by who finds them; an earlier census that isn't over comes to nothing.
    ///
    /// Who is admitted from now on counts as found, so that nobody has to hold still.
    ///
    /// - Returns: its number.
    package mutating func beginCensus() -> Int {
        self.census += 1
        self.found = AddressTally()
        return self.census
    }

    /// Counts a session that was found, which is to be told once.
    package mutating func found(_ client: IPAddress) {
        self.found?.add(client)
    }

    /// What the census came to, once all have been found that there are; nil where a later one has begun.
    package mutating func result(ofCensus census: Int) -> CensusResult? {
        guard census == self.census, let found = self.found else { return nil }
        if found == self.sessions { self.found = nil }
        return CensusResult(counted: self.sessions.total, found: found.total)
    }

    /// Takes those that were found for the sessions there are, and writes the others off.
    ///
    /// Rates, connections and totals stay.
    ///
    /// - Returns: false where a later census has begun, or this one has found nothing wrong.
    package mutating func adopt(census: Int) -> Bool {
        guard census == self.census, let found = self.found else { return false }
        self.sessions = found
        self.found = nil
        self.valid = census
        return true
    }
}

/// What a census came to: two counts of one moment.
package struct CensusResult: Sendable, Equatable {
    /// Sessions that are counted.
    package let counted: Int
    /// Those that somebody has.
    package let found: Int

    /// Makes a result.
    package init(counted: Int, found: Int) {
        self.counted = counted
        self.found = found
    }
}
