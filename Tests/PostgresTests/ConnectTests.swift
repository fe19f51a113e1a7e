import Glibc
import Testing

@testable import Postgres

extension ServerTests {
    /// Attempts that fail, each for its own reason.
    struct ConnectTests {
        @Test func `tells that nothing listens there`() async throws {
            let socket = try await self.failure(ConnectionTarget(conninfo: "host=/nowhere dbname=x"))
            #expect(
                socket
                    == .unreachable(
                        "connection to server on socket \"/nowhere/.s.PGSQL.5432\" failed: No such file or directory"
                    )
            )
            let port = try await self.failure(ConnectionTarget(conninfo: "postgresql://u:sesame@127.0.0.1:1/x"))
            #expect(
                port == .unreachable("connection to server at \"127.0.0.1\", port 1 failed: Connection refused")
            )
        }

        @Test func `tells that a host has no address`() async throws {
            let error = try await self.failure(ConnectionTarget(conninfo: "host=nowhere.invalid"))
            guard case .unreachable(let message) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(message.hasPrefix("could not translate host name \"nowhere.invalid\" to address: "))
        }

        @Test func `tells that a password is wrong or missing`() async throws {
            try await self.makeSecretRole()
            var target = try TestServer.remoteTarget(user: "secret")
            let port = try #require(target.overrides["port"])
            let missing = try await self.failure(target)
            #expect(
                missing
                    == .authentication(
                        "connection to server at \"127.0.0.1\", port \(port) failed: fe_sendauth: no password supplied"
                    )
            )
            target.overrides["password"] = "hunter2"
            let wrong = try await self.failure(target)
            #expect(
                wrong
                    == .authentication(
                        "connection to server at \"127.0.0.1\", port \(port) failed: "
                            + "password authentication failed for user \"secret\""
                    )
            )
            target.overrides["password"] = "sesame"
            let count = try await connected(target) { try await $0.query("SELECT 1").count }
            #expect(count == 1)
        }

        @Test func `tells that no rule lets the role in`() async throws {
            let error = try await self.failure(TestServer.target(user: "nobody"))
            guard case .authentication(let message) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(
                message.hasSuffix(
                    "no pg_hba.conf entry for host \"[local]\", user \"nobody\", database \"postgres\", no encryption"
                )
            )
        }

        @Test func `tells that there is no such database`() async throws {
            let error = try await self.failure(TestServer.target(database: "missing"))
            guard case .noSuchDatabase(let message) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(message.hasSuffix("failed: database \"missing\" does not exist"))
        }

        @Test func `tells that the server has no TLS`() async throws {
            var target = try TestServer.remoteTarget(user: "secret")
            target.overrides["sslmode"] = "require"
            let error = try await self.failure(target)
            guard case .refused(let message) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(message.hasSuffix("server does not support SSL, but SSL was required"))
        }

        @Test(
            arguments: [
                "postgresql://u:hunter2@[::1/x", "host=a password=hunter hunter2", "password='hunter2", "hunter2=1",
                "postgresql://u:%zzhunter2@h/x", "postgres://u:hunter2/@h/x", "postgresql://h/x?hunter2",
            ]
        )
        func `shows no password of a string that can't be read`(conninfo: String) async throws {
            let target = ConnectionTarget(conninfo: conninfo)
            let error = try await self.failure(target)
            guard case .invalidTarget(let message) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(!message.contains("hunter2") && !message.isEmpty)
            #expect(!"\(target)".contains("hunter2"))
        }

        @Test func `gives up on a server that doesn't answer`() async throws {
            let (listener, port) = try self.listen()
            defer {
                close(listener)
            }
            let target = ConnectionTarget(conninfo: "host=127.0.0.1 port=\(port)")
            let late = try await self.failure(target, timeout: .milliseconds(30))
            #expect(late == .timedOut)
            try await withThread { thread in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await #expect(throws: PostgresError.cancelled) {
                            _ = try await Connection.open(target, on: thread, timeout: .seconds(600))
                        }
                    }
                    group.cancelAll()
                }
            }
        }

        private func failure(
            _ target: ConnectionTarget,
            timeout: Duration = .seconds(20)
        ) async throws -> PostgresError {
            try await withThread { thread in
                try #require(
                    await #expect(throws: PostgresError.self) {
                        _ = try await Connection.open(target, on: thread, timeout: timeout)
                    }
                )
            }
        }

        private func makeSecretRole() async throws {
            try await connected(TestServer.target()) { connection in
                try await connection.execute("CREATE ROLE secret LOGIN PASSWORD 'sesame'")
            }
        }

        private func listen() throws -> (socket: Int32, port: UInt16) {
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    bind(socket, address, size) | Glibc.listen(socket, 1) | getsockname(socket, address, &size)
                }
            }
            try #require(result == 0)
            return (socket, UInt16(bigEndian: address.sin_port))
        }
    }
}
