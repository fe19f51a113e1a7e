import Supervision

/// Children of a dynamic supervisor that do nothing: all are started at once, then ended one by one or by the tree.
struct ChildrenBench: Sendable {
    let children: Int
    let rounds: Int

    func run() async throws -> ChildrenReport {
        let machine = MachineFacts.now()
        var rounds: [ChildrenRound] = []
        while rounds.count < self.rounds { rounds.append(try await self.round()) }
        return ChildrenReport(
            machine: machine,
            children: self.children,
            start: Distribution(rounds.map(\.start.milliseconds)).spread,
            end: Distribution(rounds.map(\.end.milliseconds)).spread,
            shutdown: Distribution(rounds.map(\.shutdown.milliseconds)).spread,
            bytesOfEach: rounds.first.map { Double($0.residentBytes) / Double(self.children) }
        )
    }

    private func round() async throws -> ChildrenRound {
        let jobs = DynamicSupervisor(limit: self.children) { (_: Int) in IdleChild() }
        let supervisor = Supervisor(
            id: "bench",
            children: [jobs.spec(id: "jobs", purpose: "do nothing")],
            onEvent: { _ in }
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            await withCheckedContinuation { isUp in
                group.addTask { try await supervisor.run(started: { isUp.resume() }) }
            }
            let round = try await self.measure(jobs, in: supervisor)
            try await group.waitForAll()
            return round
        }
    }

    private func measure(
        _ jobs: DynamicSupervisor<Int, IdleChild>,
        in supervisor: Supervisor
    ) async throws -> ChildrenRound {
        let clock = ContinuousClock()
        let before = Kernel.residentBytes
        let start = try await clock.measure { try await self.all { try await jobs.start($0) } }
        let after = Kernel.residentBytes
        let end = try await clock.measure { try await self.all { await jobs.end($0) } }
        try await self.all { try await jobs.start($0) }
        let shutdown = await clock.measure { await supervisor.shutdown() }
        return ChildrenRound(start: start, end: end, shutdown: shutdown, residentBytes: after - before)
    }

    private func all(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in 0..<self.children { group.addTask { try await body(id) } }
            try await group.waitForAll()
        }
    }
}

/// What one repetition took.
struct ChildrenRound: Sendable {
    let start: Duration
    let end: Duration
    let shutdown: Duration
    let residentBytes: Int
}

/// What a ``ChildrenBench`` found.
struct ChildrenReport: Report {
    let machine: MachineFacts
    let children: Int
    /// In milliseconds, as are the next two.
    let start: Spread?
    let end: Spread?
    let shutdown: Spread?
    /// Resident memory that the first round's children added, for each.
    let bytesOfEach: Double?

    var lines: [String] {
        [
            "Children of a dynamic supervisor: \(self.machine.line)",
            "\(self.children) children",
            "",
            "started in        \(self.start?.text(0) ?? "-") ms",
            "ended by id in    \(self.end?.text(0) ?? "-") ms",
            "shut down in      \(self.shutdown?.text(0) ?? "-") ms",
            "resident of each  \(self.bytesOfEach?.text(0) ?? "-") bytes, task and all",
        ]
    }
}

/// Does nothing until it is cancelled.
struct IdleChild: Child {
    func run(started: @escaping @Sendable () -> Void) async throws {
        let (never, continuation) = AsyncStream.makeStream(of: Void.self)
        started()
        for await _ in never {}
        continuation.finish()
    }
}
