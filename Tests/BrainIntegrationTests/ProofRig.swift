import Brain
import BrainTestKit
import Postgres
import Synchronization
import Testing

extension CaptureChoice {
    /// The captures for which the proofs are made: a further one is a further word here.
    static let proven: [CaptureChoice] = [.notify, .poll, .wal]

    /// Whether it observes every commit while it is connected, and not only the state at each look (contract §4.2).
    var observesEveryCommit: Bool { self == .wal }
}

/// Ten runs that writers change again and again: each change is one commit, and the next step of its run.
struct ProofRuns {
    static let script = """
        INSERT INTO runs (id, status, progress) SELECT 'r' || n, 'queued', 0 FROM generate_series(0, 9) n
        """
    /// In turn, in the database's words and the clients': every other one is an end.
    static let words = [("running", "running"), ("Done", "completed"), ("in_progress", "running"), ("error", "failed")]

    /// Makes the next step of a run.
    static func step(_ run: Int, _ turn: Int, on connection: Connection) async throws -> CommittedStep {
        let (word, status) = Self.words[turn % Self.words.count]
        let rows = try await connection.query(
            "UPDATE runs SET status = $2, progress = progress + 1 WHERE id = $1 RETURNING id, progress",
            ["r\(run % 10)", word]
        )
        let progress = try #require(rows[0, 1].flatMap { Int($0) })
        return CommittedStep(id: rows[0, 0] ?? "", progress: progress, status: status)
    }

    /// Makes steps of all runs, one after the other.
    static func steps(_ count: Int, on connection: Connection) async throws -> [CommittedStep] {
        var history: [CommittedStep] = []
        for turn in 0..<count { history.append(try await Self.step(turn, turn / 10, on: connection)) }
        return history
    }

    /// Runs the body while writers write without end, each on a connection of its own.
    ///
    /// - Returns: what was committed; not what may have been, by a writer whose connection was cut meanwhile.
    static func whileWriting(
        to database: TestDatabase,
        writers: Int = 4,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws -> [CommittedStep] {
        let whistle = Whistle()
        var connections: [Connection] = []
        for _ in 0..<writers { connections.append(try await database.connect()) }
        return try await withThrowingTaskGroup(of: [CommittedStep].self) { group in
            for (number, connection) in connections.enumerated() {
                group.addTask { try await Self.write(as: number, on: connection, until: whistle) }
            }
            group.addTask {
                defer { whistle.blow() }
                try await body()
                return []
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private static func write(
        as number: Int,
        on connection: Connection,
        until whistle: Whistle
    ) async throws -> [CommittedStep] {
        var history: [CommittedStep] = []
        var turn = 0
        do {
            repeat {
                // Writers meet at the same run now and then, since each has a stride of its own.
                history.append(try await Self.step(number + turn * (number + 1), turn, on: connection))
                // By the server, so that the load is the same whatever else this process does.
                _ = try await connection.query("SELECT pg_sleep(0.01)")
                turn += 1
            } while !whistle.isBlown
        } catch PostgresError.connectionLost {}
        await connection.close()
        return history
    }
}

/// Expects that an oracle has no complaints, and shows the first ones: `#expect` shows no value of what it awaits.
func expectNone(_ complaints: [String], _ comment: Comment? = nil, at place: SourceLocation = #_sourceLocation) {
    let first = Array(complaints.prefix(10))
    #expect(first == [], comment, sourceLocation: place)
}

/// Tells all writers to end.
private final class Whistle: Sendable {
    private let blown = Atomic(false)

    var isBlown: Bool { self.blown.load(ordering: .acquiring) }

    func blow() {
        self.blown.store(true, ordering: .releasing)
    }
}

extension DaemonHarness {
    /// Waits until the feed is live.
    func isReady(within deadline: Duration = .seconds(25)) async throws {
        try await eventually(within: deadline, "ready") {
            try await self.send("GET", "/api/ready").status == 200
        }
    }

    /// Waits until the feed captures as it was asked to: `wal` may have to wait for transactions of other tests.
    func isCapturing(by capture: CaptureChoice) async throws {
        try await eventually("it captures by \(capture)") {
            let answer = try await self.send("GET", "/api/ready")
            return try answer.status == 200 && answer.json["capture"] == .string(capture.rawValue)
        }
    }

    /// Waits until the feed isn't live.
    func isAway() async throws {
        try await eventually("not ready") { try await self.send("GET", "/api/ready").status == 503 }
    }

    /// A connection to a server that was ordered to start.
    func reconnected() async throws -> Connection {
        var connection: Connection?
        try await eventually("the server is back") {
            connection = try? await self.database.connect()
            return connection != nil
        }
        return try #require(connection)
    }
}
