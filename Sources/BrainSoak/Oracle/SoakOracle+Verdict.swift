extension SoakOracle {
    /// Whether all steady clients that must hear a run's latest committed step have heard it.
    ///
    /// A run that goes on only then lets no loss of that step be covered by the next.
    func isRest(_ run: Int) -> Bool {
        guard self.history.latest.indices.contains(run) else { return true }
        let latest = self.history.latest[run]
        return !self.hearings.kinds.indices.contains { client in
            self.hearings.kinds[client] == .steady && self.hearings.misses(latest, of: run, client)
        }
    }

    /// How often a client that reads must still hear the latest committed step of a run: 0 at a good end.
    func unsettled() -> Int {
        self.history.latest.indices.reduce(0) { $0 + self.ignorant(of: $1).count }
    }

    /// Holds the end against the table; nobody may write meanwhile, and all must have had the time to hear.
    ///
    /// - Parameter table: the rows by run; a run may be missing that was never committed.
    /// - Returns: what is wrong, apart from `losses`.
    func complaints(against table: [Int: (number: Int, status: StepStatus)]) -> SoakLosses {
        var complaints = SoakLosses()
        for run in table.keys.sorted() where !self.history.latest.indices.contains(run) {
            complaints.add(.table, SoakLoss(.table, run: run, "run \(run) is in the table, and isn't the writers'"))
        }
        for run in self.history.latest.indices {
            self.compare(run, with: table[run], into: &complaints)
            self.question(run, about: table[run]?.number ?? 0, into: &complaints)
        }
        return complaints
    }

    private func compare(_ run: Int, with row: (number: Int, status: StepStatus)?, into complaints: inout SoakLosses) {
        let latest = self.history.latest[run]
        let isRight =
            (row?.number ?? 0) == latest.committed
            && (latest.committed == 0 || row?.status == latest.status)
        guard !isRight else { return }
        let found = row.map { "\($0.number) \($0.status.rawValue)" } ?? "no such run"
        complaints.add(.table, SoakLoss(.table, self.latestStep(run), "committed, and in the table: \(found)"))
    }

    private func question(_ run: Int, about number: Int, into complaints: inout SoakLosses) {
        for client in self.ignorant(of: run) {
            complaints.add(.unknown, SoakLoss(.unknown, self.latestStep(run), by: client, "not heard at the end"))
        }
        for client in self.hearings.kinds.indices where self.hearings.isJoined(client) {
            let last = Int(self.hearings[run, client].last)
            guard last > number else { continue }
            let what = "knows \(last), and the table has \(number)"
            complaints.add(.unknown, SoakLoss(.unknown, self.latestStep(run), by: client, what))
        }
    }

    private func ignorant(of run: Int) -> [Int] {
        let latest = self.history.latest[run]
        return self.hearings.kinds.indices.filter { client in
            self.hearings.kinds[client].isReading && self.hearings.misses(latest, of: run, client)
        }
    }

    private func latestStep(_ run: Int) -> RunStep {
        let latest = self.history.latest[run]
        return RunStep(run: run, number: latest.committed, status: latest.status)
    }
}
