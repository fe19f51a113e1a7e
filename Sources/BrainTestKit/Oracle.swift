import Foundation
package import Postgres

/// Holds what clients were sent against the table: nothing lost, nothing doubled, nothing in a wrong order.
///
/// A client that took the table at the beginning for known, and each message since for the run's state, must know the
/// table as it is at the end.
package struct Oracle {
    /// What the progress of a run means in a test.
    package enum Rule: Sendable {
        /// Each commit raises it: a message that doesn't, against the one before of its run, is doubled or late.
        case steps
        /// Nothing; only a message like the one before of its run is doubled.
        case states
    }

    private let rule: Rule
    private let baseline: RunTruth
    private var witnesses: [OracleWitness] = []
    private let connection: Connection

    /// Takes the table for known as it is, and opens clients: nothing may change before it returns.
    ///
    /// - Parameters:
    ///   - daemon: whose clients they are.
    ///   - rule: what the progress means.
    ///   - clients: how many.
    ///   - connection: another way to the table than the harness's own, for a test whose own is in a transaction.
    /// - Throws: what hindered a client.
    package init(
        _ daemon: DaemonHarness,
        _ rule: Rule = .steps,
        clients: Int = 3,
        reading connection: Connection? = nil
    ) async throws {
        self.rule = rule
        self.connection = connection ?? daemon.writer
        self.baseline = try await RunTruth.read(on: self.connection)
        for number in 1...clients {
            let client = try await daemon.connect()
            self.witnesses.append(OracleWitness(number: number, client: client, known: self.baseline.data))
        }
    }

    /// What each client was sent, up to the last look; the oracle's own marks apart.
    package var heard: [[HeardMessage]] { self.witnesses.map(\.heard) }

    /// Listens until every client knows the table, and then for what comes too much; nobody may write meanwhile.
    ///
    /// - Parameters:
    ///   - connection: another way to the table than before, which a restart of the server ends.
    ///   - patience: for each client to know the table: how long Brain may need to notice a fault and to catch up.
    /// - Returns: what is wrong, a line each; none where all holds.
    /// - Throws: where a client's connection ended, or the table can't be read.
    package mutating func complaints(
        reading connection: Connection? = nil,
        within patience: Duration = WebSocketClient.patience
    ) async throws -> [String] {
        let connection = connection ?? self.connection
        let truth = try await RunTruth.read(on: connection)
        for index in self.witnesses.indices {
            guard try await self.witnesses[index].learn(truth, until: .now + patience) else {
                return self.differences(from: truth)
            }
        }
        for _ in 1...2 { try await self.hearMark(by: connection) }
        // What a test then does to all runs is not to bring them back.
        try await connection.execute("DELETE FROM runs WHERE id LIKE '\(RunTruth.markPrefix)%'")
        let doubled = self.witnesses.flatMap { $0.disorder(by: self.rule, since: self.baseline) }
        return self.differences(from: truth) + doubled
    }

    /// Holds what clients were sent against what was committed in between: no state that never was.
    ///
    /// - Parameters:
    ///   - history: every commit since the beginning.
    ///   - everyEnd: whether each client must have been sent each terminal state of it, once, in the order of commits;
    ///     that is for a capture that observes every commit.
    /// - Returns: what is wrong, a line each.
    package func complaints(about history: [CommittedStep], everyEnd: Bool = false) -> [String] {
        let committed = Set(history)
        let invented = self.witnesses.flatMap { witness in
            witness.heard.filter { !committed.contains($0.step) }.map { "\(witness): never committed: \($0.message)" }
        }
        guard everyEnd else { return invented }
        let ends = Dictionary(grouping: history.filter(\.isTerminal), by: \.id).mapValues { steps in
            steps.map(\.progress).sorted()
        }
        return invented + self.witnesses.flatMap { $0.missedEnds(of: ends) }
    }

    private mutating func hearMark(by connection: Connection) async throws {
        let rows = try await connection.query(
            """
            INSERT INTO runs (id, status) VALUES ('\(RunTruth.markPrefix)' || txid_current(), 'queued') RETURNING id
            """
        )
        for index in self.witnesses.indices { try await self.witnesses[index].hear(until: rows[0, 0]) }
    }

    private func differences(from truth: RunTruth) -> [String] {
        self.witnesses.flatMap { witness in
            witness.unknown(of: truth).sorted().prefix(5).map { id in
                "\(witness): \(truth.data[id] ?? "") in the table, \(witness.known[id] ?? "nothing") known"
            }
        }
    }
}

/// A state of a run that a writer committed.
package struct CommittedStep: Sendable, Hashable {
    /// The run.
    package let id: String
    /// Its progress: the number of the commit, counted for each run.
    package let progress: Int
    /// The status as clients are told it.
    package let status: String

    /// A state that was committed, or that a client was told of.
    package init(id: String, progress: Int, status: String) {
        self.id = id
        self.progress = progress
        self.status = status
    }

    /// Whether it is one of those that may not be left out.
    package var isTerminal: Bool { self.status == "completed" || self.status == "failed" }
}

/// A message with what an oracle reads of it.
package struct HeardMessage: Sendable {
    /// The message.
    package let message: DaemonMessage
    /// The state that it tells; a run without progress is at step 0.
    package let step: CommittedStep

    init(_ message: DaemonMessage) throws {
        let fields = try JSONDecoder().decode(Fields.self, from: Data(message.data.utf8))
        self.message = message
        self.step = CommittedStep(id: fields.id, progress: fields.progress.map { Int($0) } ?? 0, status: fields.status)
    }

    private struct Fields: Decodable {
        let id: String
        let status: String
        let progress: Double?
    }

    /// Whether the type is the status's own (contract §3.1).
    var isTypeRight: Bool {
        switch self.step.status {
        case "completed": self.message.type == "run_complete"
        case "failed": self.message.type == "run_failed"
        default: self.message.type == "run_update"
        }
    }
}
