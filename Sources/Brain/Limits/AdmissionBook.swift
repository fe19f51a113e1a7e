import Synchronization

/// The one ``Admission`` of the process, shared by all event loops.
///
/// It belongs to the tree, not to the RateGovernor: leases outlive a restart of that, and the counts with them.
package final class AdmissionBook: Sendable {
    private let admission: Mutex<Admission>

    /// Makes a book in which nothing is open.
    package init(limits: AdmissionLimits) {
        self.admission = Mutex(Admission(limits: limits))
    }

    /// The counts, all of the same moment.
    package var counts: AdmissionCounts { self.admission.withLock { $0.counts } }

    /// How many sessions a client has.
    package func sessionCount(of client: IPAddress) -> Int {
        self.admission.withLock { $0.sessionCount(of: client) }
    }

    /// Counts an accepted connection until its lease ends; throws where it must be closed.
    package func openConnection(from peer: IPAddress) throws(Refusal) -> ConnectionLease {
        if let refusal = self.admission.withLock({ $0.connectionOpened(from: peer) }) { throw refusal }
        return ConnectionLease(peer: peer, book: self)
    }

    /// Counts a session until its lease ends; throws where there must be none.
    ///
    /// Its connection still counts as one, too, until the ``ConnectionLease`` is ended: do so once it is upgraded.
    package func admitSession(client: IPAddress, now: ContinuousClock.Instant) throws(Refusal) -> AdmissionLease {
        if let refusal = self.admission.withLock({ $0.sessionRequested(by: client, now: now) }) { throw refusal }
        return AdmissionLease(client: client, book: self)
    }

    /// Counts a refusal that was decided elsewhere, by the ``Gate``.
    package func refused(_ refusal: Refusal) {
        self.admission.withLock { $0.refused(refusal) }
    }

    /// See ``Admission/prune(now:)``.
    package func prune(now: ContinuousClock.Instant) {
        self.admission.withLock { $0.prune(now: now) }
    }

    /// Puts the count of sessions right, unless one was admitted or ended since it was seen.
    ///
    /// - Parameters:
    ///   - clients: one element for each session.
    ///   - seen: the counts from before the sessions were gathered.
    /// - Returns: whether it is right now.
    package func recount(sessions clients: some Sequence<IPAddress>, unlessMovedSince seen: AdmissionCounts) -> Bool {
        self.admission.withLock { admission in
            let counts = admission.counts
            guard counts.accepted == seen.accepted, counts.sessions == seen.sessions else { return false }
            admission.recount(sessions: clients)
            return true
        }
    }

    fileprivate func connectionClosed(from peer: IPAddress) {
        self.admission.withLock { $0.connectionClosed(from: peer) }
    }

    fileprivate func sessionEnded(by client: IPAddress) {
        self.admission.withLock { $0.sessionEnded(by: client) }
    }
}

/// The place of a connection that is no session; gives itself back once, when ended or forgotten.
package final class ConnectionLease: Sendable {
    /// Whose the place is.
    package let peer: IPAddress
    private let book: AdmissionBook
    private let isEnded = Atomic(false)

    fileprivate init(peer: IPAddress, book: AdmissionBook) {
        self.peer = peer
        self.book = book
    }

    deinit {
        self.end()
    }

    /// Gives the place back: the connection is closed, or has become a session.
    ///
    /// Any further call does nothing.
    package func end() {
        guard !self.isEnded.exchange(true, ordering: .relaxed) else { return }
        self.book.connectionClosed(from: self.peer)
    }
}

/// The place of a session; gives itself back once, when ended or forgotten.
package final class AdmissionLease: Sendable {
    /// Whose the place is.
    package let client: IPAddress
    private let book: AdmissionBook
    private let isEnded = Atomic(false)

    fileprivate init(client: IPAddress, book: AdmissionBook) {
        self.client = client
        self.book = book
    }

    deinit {
        self.end()
    }

    /// Gives the place back: the session is over.
    ///
    /// Any further call does nothing.
    package func end() {
        guard !self.isEnded.exchange(true, ordering: .relaxed) else { return }
        self.book.sessionEnded(by: self.client)
    }
}
