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
        let (refusal, census) = self.admission.withLock { ($0.sessionRequested(by: client, now: now), $0.census) }
        if let refusal { throw refusal }
        return AdmissionLease(client: client, book: self, census: census)
    }

    /// Counts a refusal that was decided elsewhere, by the ``Gate``.
    package func refused(_ refusal: Refusal) {
        self.admission.withLock { $0.refused(refusal) }
    }

    /// See ``Admission/prune(now:)``.
    package func prune(now: ContinuousClock.Instant) {
        self.admission.withLock { $0.prune(now: now) }
    }

    fileprivate func connectionClosed(from peer: IPAddress) {
        self.admission.withLock { $0.connectionClosed(from: peer) }
    }

    fileprivate func ended(_ lease: AdmissionLease) {
        self.admission.withLock { $0.sessionEnded(by: lease.client, foundIn: lease.census) }
    }
}

// MARK: The census
extension AdmissionBook {
    /// See ``Admission/beginCensus()``.
    package func beginCensus() -> Int {
        self.admission.withLock { $0.beginCensus() }
    }

    /// See ``Admission/result(ofCensus:)``.
    package func result(ofCensus census: Int) -> CensusResult? {
        self.admission.withLock { $0.result(ofCensus: census) }
    }

    /// See ``Admission/adopt(census:)``; a lease that is written off gives nothing back any more.
    package func adopt(census: Int) -> Bool {
        self.admission.withLock { $0.adopt(census: census) }
    }

    fileprivate func found(_ lease: AdmissionLease, census: Int) {
        self.admission.withLock { admission in
            guard admission.census == census, lease.isFound(by: census) else { return }
            admission.found(lease.client)
        }
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
    /// Changed under the book's lock alone.
    private let lastCensus: Atomic<Int>

    fileprivate init(client: IPAddress, book: AdmissionBook, census: Int) {
        self.client = client
        self.book = book
        self.lastCensus = Atomic(census)
    }

    deinit {
        self.end()
    }

    /// Gives the place back: the session is over.
    ///
    /// Any further call does nothing.
    package func end() {
        guard !self.isEnded.exchange(true, ordering: .relaxed) else { return }
        self.book.ended(self)
    }

    /// Tells a census that there is a session to the lease.
    ///
    /// Any further call does nothing, and so does one for an earlier census than the last.
    package func found(inCensus census: Int) {
        self.book.found(self, census: census)
    }

    fileprivate var census: Int { self.lastCensus.load(ordering: .relaxed) }

    /// False where it is known already, or over.
    fileprivate func isFound(by census: Int) -> Bool {
        guard self.census < census, !self.isEnded.load(ordering: .relaxed) else { return false }
        self.lastCensus.store(census, ordering: .relaxed)
        return true
    }
}
