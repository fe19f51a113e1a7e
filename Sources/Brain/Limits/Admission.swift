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
        self.accepted += 1
        return nil
    }

    /// Takes back a session that was counted.
    package mutating func sessionEnded(by client: IPAddress) {
        self.sessions.remove(client)
    }

    /// Counts the sessions anew: one for each element, by its client.
    ///
    /// Rates, connections and totals stay.
    package mutating func recount(sessions clients: some Sequence<IPAddress>) {
        self.sessions = AddressTally()
        for client in clients { self.sessions.add(client) }
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
