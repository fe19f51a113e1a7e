import Testing

@testable import Postgres

extension ServerTests {
    /// Ways in which a connection, or one call on it, ends early.
    struct LossTests {
        private static let sleep = "SELECT pg_sleep(600)"

        @Test func `says why the server ended an idle connection`() async throws {
            try await connected(TestServer.target()) { connection in
                try await connection.execute("LISTEN loss")
                try await terminate(connection)
                let loss = PostgresError.connectionLost("terminating connection due to administrator command")
                await #expect(throws: loss) { try await connection.notifications() }
                await #expect(throws: loss) { try await connection.query("SELECT 1") }
            }
        }

        @Test func `says why the server ended a query under way`() async throws {
            try await connected(TestServer.target()) { connection in
                let loss = PostgresError.connectionLost("terminating connection due to administrator command")
                async let failed = self.failure { _ = try await connection.query(Self.sleep) }
                try await untilActive(connection)
                try await terminate(connection)
                let error = await failed
                #expect(error == loss)
                await #expect(throws: loss) { try await connection.query("SELECT 1") }
            }
        }

        @Test func `closes the connection of a query that is cancelled`() async throws {
            try await connected(TestServer.target()) { connection in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await #expect(throws: PostgresError.cancelled) { try await connection.query(Self.sleep) }
                    }
                    try await untilActive(connection)
                    group.cancelAll()
                }
                await #expect(throws: PostgresError.connectionLost("closed, since a query was cancelled")) {
                    try await connection.query("SELECT 1")
                }
            }
        }

        @Test func `closes the connection of a query that is late`() async throws {
            try await connected(TestServer.target()) { connection in
                await #expect(throws: PostgresError.timedOut) {
                    try await connection.query(Self.sleep, timeout: .milliseconds(30))
                }
                await #expect(throws: PostgresError.connectionLost("closed, since a query was late")) {
                    try await connection.query("SELECT 1")
                }
            }
        }

        @Test func `keeps the connection when a query gives up waiting for its turn`() async throws {
            try await connected(TestServer.target()) { connection in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        // A server that shuts down at the end is not the reason: the connection is closed below.
                        await #expect(throws: PostgresError.connectionLost("closed by this process")) {
                            try await connection.query(Self.sleep)
                        }
                    }
                    try await untilActive(connection)
                    await #expect(throws: PostgresError.timedOut) {
                        try await connection.query("SELECT 1", timeout: .milliseconds(10))
                    }
                    await connection.close()
                    try await group.waitForAll()
                }
            }
        }

        @Test func `sends nothing for a task that is cancelled already`() async throws {
            try await connected(TestServer.target()) { connection in
                await withTaskGroup(of: Void.self) { group in
                    group.cancelAll()
                    group.addTask {
                        await #expect(throws: PostgresError.cancelled) { try await connection.query("SELECT 1") }
                    }
                }
                let rows = try await connection.query("SELECT 1")
                #expect(rows.count == 1)
            }
        }

        @Test func `ends the calls of a thread that is stopped and answers later ones`() async throws {
            let thread = try PollThread(name: "test")
            let connection = try await Connection.open(TestServer.target(), on: thread, timeout: .seconds(20))
            async let failed = self.failure { _ = try await connection.query(Self.sleep) }
            try await untilActive(connection)
            thread.stop()
            let loss = PostgresError.connectionLost("its thread was stopped")
            let error = await failed
            #expect(error == loss)
            await #expect(throws: loss) { try await connection.query("SELECT 1") }
            await #expect(throws: loss) {
                _ = try await Connection.open(TestServer.target(), on: thread, timeout: .seconds(20))
            }
        }

        private func failure(of body: () async throws -> Void) async -> PostgresError? {
            do {
                try await body()
                return nil
            } catch {
                return error as? PostgresError
            }
        }

        private func terminate(_ connection: Connection) async throws {
            try await connected(TestServer.target()) { other in
                _ = try await other.query("SELECT pg_terminate_backend($1)", ["\(connection.backendPID)"])
            }
        }

        /// Asks the server until the connection's backend sleeps.
        private func untilActive(_ connection: Connection) async throws {
            try await connected(TestServer.target()) { other in
                let query = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'"
                while try await other.query(query, ["\(connection.backendPID)"], timeout: .seconds(20)).count == 0 {}
            }
        }
    }
}
