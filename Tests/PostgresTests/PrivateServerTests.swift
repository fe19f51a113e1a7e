import Glibc
import Testing

@testable import Postgres

/// A server's life from the making of its cluster to its end, with real processes.
struct PrivateServerTests {
    @Test func `keeps its data from one run to the next and leaves nothing running`() async throws {
        try await withDirectory { directory in
            let configuration = PrivateServerConfiguration.throwAway(in: directory)
            try await running(configuration) { _, address in
                try await connected(address.adminTarget(database: "postgres")) { connection in
                    try await connection.execute("CREATE TABLE kept (i int); INSERT INTO kept VALUES (7)")
                }
            }
            #expect(!FileSystem.names(in: directory + "/data/pgdata").contains("postmaster.pid"))
            try await running(configuration) { _, address in
                let value = try await connected(address.adminTarget(database: "postgres")) { connection in
                    try await connection.query("SELECT i FROM kept")[0, 0]
                }
                #expect(value == "7")
            }
        }
    }

    @Test func `sets up what was asked for and keeps it private`() async throws {
        try await withDirectory { directory in
            var configuration = PrivateServerConfiguration.throwAway(in: directory)
            configuration.settings["work_mem"] = "1MB"
            configuration.settings["listen_addresses"] = "*"
            try await running(configuration) { _, address in
                let query = """
                    SELECT current_setting('wal_level'), current_setting('work_mem'),
                        current_setting('listen_addresses'), current_setting('server_encoding'), current_user
                    """
                let rows = try await connected(address.adminTarget(database: "postgres")) { connection in
                    try await connection.query(query)
                }
                #expect((0..<2).map { rows[0, $0] } == ["logical", "1MB"])
                #expect(rows[0, 2]?.hasPrefix("127.0.0.1") ?? false)
                #expect((3..<5).map { rows[0, $0] } == ["UTF8", "admin"])
                let data = try #require(FileStatus(directory + "/data"))
                let cluster = try #require(FileStatus(directory + "/data/pgdata"))
                #expect(data.mode & 0o777 == 0o700)
                #expect(cluster.userID != 0 && data.userID == cluster.userID)
                let postmaster = try self.postmaster(in: directory)
                #expect(getsid(postmaster) == postmaster)
            }
        }
    }

    @Test func `stops although a connection is open`() async throws {
        try await withDirectory { directory in
            try await running(.throwAway(in: directory)) { server, address in
                try await connected(address.adminTarget(database: "postgres")) { connection in
                    await server.stop(deadline: .seconds(30))
                    let loss = PostgresError.connectionLost("terminating connection due to administrator command")
                    await #expect(throws: loss) { try await connection.query("SELECT 1") }
                    #expect(await server.address == nil)
                }
            }
            #expect(try self.lastLog(in: directory).contains("database system is shut down"))
        }
    }

    @Test func `shuts down when its task is cancelled`() async throws {
        try await withDirectory { directory in
            let server = PrivateServer(.throwAway(in: directory))
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
                group.addTask { try await server.run { _ in continuation.finish() } }
                for await _ in ready {}
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(!FileSystem.names(in: directory + "/data/pgdata").contains("postmaster.pid"))
        }
    }

    @Test func `tells that its server was killed and starts again on what that left`() async throws {
        try await withDirectory { directory in
            let configuration = PrivateServerConfiguration.throwAway(in: directory)
            await #expect(throws: PrivateServerError.exited(.signal(SIGKILL))) {
                try await running(configuration) { server, _ in
                    kill(try self.postmaster(in: directory), SIGKILL)
                    while await server.address != nil {
                        await Task.yield()
                    }
                }
            }
            #expect(FileSystem.names(in: directory + "/data/pgdata").contains("postmaster.pid"))
            try await running(configuration) { _, address in
                try await connected(address.adminTarget(database: "postgres")) { _ in }
            }
        }
    }

    @Test func `ends the server that a killed process left behind`() async throws {
        try await withDirectory { directory in
            let configuration = PrivateServerConfiguration.throwAway(in: directory)
            await #expect(throws: PrivateServerError.exited(.code(0))) {
                try await running(configuration) { server, address in
                    try await connected(address.adminTarget(database: "postgres")) { _ in
                        let cluster = directory + "/data/pgdata"
                        try await LeftoverServer(cluster: cluster).end(deadline: .seconds(30))
                        #expect(!FileSystem.names(in: cluster).contains("postmaster.pid"))
                    }
                    while await server.address != nil {
                        await Task.yield()
                    }
                }
            }
        }
    }

    @Test func `is not kept from starting by a pid that is another's now, nor by an unfinished initdb`() async throws {
        try await withDirectory { directory in
            let configuration = PrivateServerConfiguration.throwAway(in: directory)
            try FileSystem.makeDirectory(directory + "/data/pgdata.new/base", mode: 0o700)
            try FileSystem.write("15\n", to: directory + "/data/pgdata.new/PG_VERSION", for: self.oneself)
            try await running(configuration) { _, _ in }
            let file = directory + "/data/pgdata/postmaster.pid"
            try FileSystem.write("\(getpid())\n\(directory)\n", to: file, for: self.oneself)
            try await running(configuration) { _, _ in }
        }
    }

    @Test func `lets a second server neither into its directory nor onto its port`() async throws {
        try await withDirectory { directory in
            let configuration = PrivateServerConfiguration.throwAway(in: directory)
            try await running(configuration) { _, address in
                await #expect(throws: PrivateServerError.inUse(pid: getpid())) {
                    try await PrivateServer(configuration).run { _ in }
                }
                let choice = try #require(PortChoice.firstFree(from: address.port))
                #expect(choice.port > address.port)
                #expect(choice.addresses.hasPrefix("127.0.0.1"))
            }
        }
    }

    @Test func `puts its socket elsewhere where the path would be too long`() async throws {
        try await withDirectory { directory in
            let long = directory + "/" + String(repeating: "d", count: 80)
            try await running(.throwAway(in: long)) { _, address in
                #expect(address.socketDirectory.hasPrefix("/tmp/postgres-"))
                try await connected(address.adminTarget(database: "postgres")) { _ in }
                try FileSystem.write(address.socketDirectory, to: directory + "/socket", for: self.oneself)
            }
            let socket = try #require(FileSystem.text(of: directory + "/socket"))
            #expect(FileStatus(socket) == nil)
        }
    }

    @Test func `tells what the server said when it doesn't start`() async throws {
        try await withDirectory { directory in
            var configuration = PrivateServerConfiguration.throwAway(in: directory)
            configuration.settings["nonsense"] = "1"
            let error = await #expect(throws: PrivateServerError.self) {
                try await PrivateServer(configuration).run { _ in }
            }
            guard case .didNotStart(let lines) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(lines.contains("unrecognized configuration parameter \"nonsense\""))
        }
    }

    @Test func `tells what initdb said`() async throws {
        try await withDirectory { directory in
            var configuration = PrivateServerConfiguration.throwAway(in: directory)
            configuration.superuser = "pg_admin"
            let error = await #expect(throws: PrivateServerError.self) {
                try await PrivateServer(configuration).run { _ in }
            }
            guard case .initFailed(let line) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(line.contains("superuser name \"pg_admin\" is disallowed"))
        }
    }

    @Test func `does nothing when it was stopped before`() async throws {
        try await withDirectory { directory in
            let server = PrivateServer(.throwAway(in: directory))
            await server.stop(deadline: .seconds(1))
            try await server.run { _ in }
            #expect(FileStatus(directory + "/data") == nil)
        }
    }

    private var oneself: ServerUser { ServerUser(name: "", userID: geteuid(), groupID: getegid()) }

    private func postmaster(in directory: String) throws -> Int32 {
        let text = try #require(FileSystem.text(of: directory + "/data/pgdata/postmaster.pid"))
        return try #require(text.split(separator: "\n").first.flatMap { Int32($0) })
    }

    private func lastLog(in directory: String) throws -> String {
        try #require(FileSystem.text(of: directory + "/data/log/server.log"))
    }
}
