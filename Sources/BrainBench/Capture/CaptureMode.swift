import ArgumentParser
import Brain
import Postgres

/// What stands beside the writers while they write.
enum CaptureMode: String, CaseIterable, Encodable, Sendable, ExpressibleByArgument {
    /// The bare table: no trigger, no publication, nobody who reads.
    case none
    /// A real Brain by logical replication.
    case wal
    /// A real Brain by looking at `xmin`.
    case poll
    /// No Brain: `pg_recvlogical` reads the same stream and throws it away.
    case reader
    /// A real Brain by its trigger.
    case notify
    /// The trigger, and no Brain.
    case trigger

    /// How a Brain captures in this mode; nil where there is none.
    var capture: CaptureName? { CaptureName(rawValue: self.rawValue) }

    /// Puts in what the mode takes, and takes out all else.
    func prepare(_ site: BenchSite) async throws {
        try await site.unmigrate()
        switch self {
        case .none: break
        case .reader, .wal: try await site.migrate(for: .wal)
        case .poll: try await site.migrate(for: .poll)
        case .notify, .trigger: try await site.migrate(for: .notify)
        }
    }

    /// Runs `body` while the mode's reader reads.
    ///
    /// - Parameters:
    ///   - site: prepared for the mode.
    ///   - isHeard: whether a client listens to Brain.
    ///   - body: is given the reader's process; nil where there is none.
    /// - Returns: what `body` returns, and how many messages the client got; nil where there is none.
    /// - Throws: what `body` throws, or what befell the reader.
    func reading<Result: Sendable>(
        _ site: BenchSite,
        isHeard: Bool,
        _ body: @escaping @Sendable (Int32?) async throws -> Result
    ) async throws -> (Result, messages: Int?) {
        if let capture = self.capture {
            return try await Self.readingByBrain(capture, site, isHeard: isHeard, body)
        }
        guard self == .reader else { return (try await body(nil), nil) }
        let stream = try await StreamProcess.start(on: site)
        let result = await Self.outcome { try await body(stream.pid) }
        try await stream.stop()
        return (try result.get(), nil)
    }

    private static func readingByBrain<Result: Sendable>(
        _ capture: CaptureName,
        _ site: BenchSite,
        isHeard: Bool,
        _ body: @escaping @Sendable (Int32?) async throws -> Result
    ) async throws -> (Result, messages: Int?) {
        let brain = try await BrainProcess.start(capture, on: site)
        let result = await Self.outcome {
            let result: (Result, Int?) =
                isHeard
                ? try await brain.connect().reading { try await body(brain.pid) } : (try await body(brain.pid), nil)
            try brain.check(capture)
            return result
        }
        await brain.stop()
        let (value, messages) = try result.get()
        return (value, messages)
    }

    private static func outcome<Value: Sendable>(
        _ body: () async throws -> Value
    ) async -> Result<Value, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}

/// Whether a writer's commit waits for the disk.
enum CommitMode: String, CaseIterable, Encodable, Sendable, ExpressibleByArgument {
    case on
    case off
}
