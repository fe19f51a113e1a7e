import Testing

@testable import Postgres

extension ServerTests {
    /// LISTEN and NOTIFY.
    struct NotificationTests {
        @Test func `returns what was notified in order`() async throws {
            try await withThread { thread in
                let listener = try await Connection.open(TestServer.target(), on: thread, timeout: .seconds(20))
                let sender = try await Connection.open(TestServer.target(), on: thread, timeout: .seconds(20))
                try await listener.execute("LISTEN one; LISTEN two")
                async let arrived = self.take(2, from: listener)
                try await sender.execute("NOTIFY one, 'ä'; NOTIFY two")
                let taken = try await arrived
                #expect(
                    taken == [
                        Notification(channel: "one", payload: "ä", senderPID: sender.backendPID),
                        Notification(channel: "two", payload: "", senderPID: sender.backendPID),
                    ]
                )
            }
        }

        @Test func `keeps what arrives during a query`() async throws {
            try await connected(TestServer.target()) { connection in
                try await connection.execute("LISTEN own; NOTIFY own, 'x'")
                _ = try await connection.query("SELECT 1")
                let taken = try await connection.notifications()
                #expect(taken.map(\.payload) == ["x"])
            }
        }

        @Test func `returns none when the time is over`() async throws {
            try await connected(TestServer.target()) { connection in
                let taken = try await connection.notifications(timeout: .milliseconds(10))
                #expect(taken == [])
                let rows = try await connection.query("SELECT 1")
                #expect(rows.count == 1)
            }
        }

        @Test func `stays usable when the wait is cancelled`() async throws {
            try await connected(TestServer.target()) { connection in
                for _ in 1...50 {
                    await withTaskGroup(of: Void.self) { group in
                        group.addTask {
                            await #expect(throws: PostgresError.cancelled) { try await connection.notifications() }
                        }
                        await Task.yield()
                        group.cancelAll()
                    }
                }
                let rows = try await connection.query("SELECT 1")
                #expect(rows.count == 1)
            }
        }

        private func take(_ count: Int, from connection: Connection) async throws -> [Notification] {
            var taken: [Notification] = []
            while taken.count < count {
                taken += try await connection.notifications(timeout: .seconds(20))
            }
            return taken
        }
    }
}
