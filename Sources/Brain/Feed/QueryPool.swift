import Postgres

/// The HTTP API's connections: at most four, opened when needed, each with the table's description.
actor QueryPool {
    /// A connection in use by one, with what it knows.
    struct Place: Sendable {
        let connection: Connection
        let table: RunsTable
        let describedAt: ContinuousClock.Instant
        var lastUsed: ContinuousClock.Instant
    }

    /// A description is read again after it.
    private static let descriptionAge = Duration.seconds(60)
    /// A connection is tried before use when it has been idle longer: a statement on a dead one would fail.
    private static let trustedIdleness = Duration.seconds(1)

    private let session: FeedSession
    private let line = PermitLine(permits: 4, longest: 64)
    private var idle: [Place] = []

    init(session: FeedSession) {
        self.session = session
    }

    /// Lends a connection; a statement that met an altered table is tried once more by a fresh description.
    func use<Answer: Sendable>(
        _ body: @Sendable (Place) async throws -> Answer
    ) async throws(RunsQueryError) -> Answer {
        try await self.line.enter()
        defer {
            self.line.leave()
        }
        do {
            return try await self.attempt(body)
        } catch let error as PostgresError where error.isAlteration {
            self.idle.removeAll()
            return try await self.mapped { try await self.attempt(body) }
        } catch {
            return try await self.mapped { throw error }
        }
    }

    private func attempt<Answer: Sendable>(_ body: @Sendable (Place) async throws -> Answer) async throws -> Answer {
        var place = try await self.place()
        do {
            let answer = try await body(place)
            place.lastUsed = .now
            self.idle.append(place)
            return answer
        } catch let error as PostgresError where error.sqlState != nil && !error.isLoss && !error.isAlteration {
            // The statement failed, the connection didn't.
            self.idle.append(place)
            throw error
        } catch {
            await place.connection.close()
            throw error
        }
    }

    private func mapped<Answer: Sendable>(_ body: () async throws -> Answer) async throws(RunsQueryError) -> Answer {
        do {
            return try await body()
        } catch let error as RunsQueryError {
            throw error
        } catch let error as PostgresError {
            throw RunsQueryError(error)
        } catch let error as FeedError {
            throw RunsQueryError(error)
        } catch {
            throw .databaseAway(String(describing: error))
        }
    }

    private func place() async throws(FeedError) -> Place {
        while let place = self.idle.popLast() {
            if place.lastUsed + Self.trustedIdleness > .now {
                return place
            }
            if let tried = await self.tried(place) {
                return tried
            }
        }
        let connection = try await self.session.open("SET statement_timeout TO '5s'; SET lock_timeout TO '3s'")
        return try await self.described(connection)
    }

    private func tried(_ place: Place) async -> Place? {
        do {
            guard place.describedAt + Self.descriptionAge > .now else {
                return try await self.described(place.connection)
            }
            _ = try await place.connection.query("SELECT 1", [], timeout: .seconds(2))
            return place
        } catch {
            await place.connection.close()
            return nil
        }
    }

    private func described(_ connection: Connection) async throws(FeedError) -> Place {
        do throws(FeedError) {
            let table = try await RunsTable.read(on: connection)
            return Place(connection: connection, table: table, describedAt: .now, lastUsed: .now)
        } catch {
            await connection.close()
            throw error
        }
    }
}
