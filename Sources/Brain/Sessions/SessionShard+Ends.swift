import NIOCore
package import WebSocket

// MARK: Bounds
extension SessionShard {
    /// The session whose oldest message has waited longest; nil where nothing waits.
    package var oldestOwed: OldestOwed? {
        self.behind.values
            .compactMap { record in
                record.channel.outlet.mailbox.oldest.map { OldestOwed(id: record.channel.facts.id, since: $0) }
            }
            .min { $0.since < $1.since }
    }

    /// Closes a session with 4008, because too much waits in the process.
    package func closeTooSlow(_ id: SessionID) {
        guard let record = self.records[id] else { return }
        self.tell(record) { $0.close(.tooSlow, reason: "too slow: too much waits in the server", now: .now) }
    }

    /// Closes every session: what it was owed is lost, so that it has to come back.
    package func closeAll(_ code: CloseCode, reason: String) {
        let now = ContinuousClock.now
        for record in self.records.values {
            self.tell(record) { $0.close(code, reason: reason, now: now) }
        }
    }
}

// MARK: Drain
extension SessionShard {
    /// Tells each session to come back later, at a random moment of the spread, once it has what it is owed.
    package func drain(within spread: Duration) {
        let milliseconds = max(1, Int(spread / .milliseconds(1)))
        for id in self.records.keys {
            let delay = TimeAmount.milliseconds(Int64.random(in: 0..<Int64(milliseconds)))
            self.eventLoop.scheduleTask(in: delay) { self.assumeIsolated { $0.drainOne(id) } }
        }
    }

    func drainOne(_ id: SessionID) {
        guard let record = self.records[id] else { return }
        record.isDraining = true
        self.separate(record)
        record.channel.liftRate()
        self.tell(record) { $0.drain(.restarting, reason: "the server stops", now: .now) }
    }

    /// Cuts off whoever is left.
    package func disconnectAll() {
        for record in self.records.values { record.channel.disconnect() }
    }
}
