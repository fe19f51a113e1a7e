import Testing

@testable import Postgres

extension ServerTests {
    /// Statements: what comes back, what fails, and what that does to the connection.
    struct QueryTests {
        @Test func `returns texts and nulls by row and column`() async throws {
            try await connected(TestServer.target()) { connection in
                let rows = try await connection.query(
                    """
                    SELECT $1::int + 1 AS next, $2::text AS nothing, 'ä' || $3 AS text, true AS yes
                    UNION ALL SELECT 9, '', '', false
                    """,
                    ["41", nil, "€\u{1F600}"]
                )
                #expect(rows.columns == ["next", "nothing", "text", "yes"])
                #expect(rows.count == 2)
                #expect((0..<4).map { rows[0, $0] } == ["42", nil, "ä€😀", "t"])
                #expect(rows[1, 1] == "")
                #expect(rows[2, 0] == nil && rows[0, 4] == nil && rows[-1, -1] == nil)
            }
        }

        @Test func `counts the rows that a statement changed`() async throws {
            try await connected(TestServer.target()) { connection in
                try await connection.execute("CREATE TEMP TABLE t (i int); INSERT INTO t SELECT generate_series(1, 5)")
                let rows = try await connection.query("DELETE FROM t WHERE i > $1", ["2"])
                #expect(rows.affected == 3)
                #expect(rows.count == 0 && rows.columns.isEmpty)
            }
        }

        @Test func `names the state of a statement that fails and stays usable`() async throws {
            try await connected(TestServer.target()) { connection in
                try await connection.execute("CREATE TEMP TABLE u (i int PRIMARY KEY); INSERT INTO u VALUES (1)")
                let message = "duplicate key value violates unique constraint \"u_pkey\""
                await #expect(
                    throws: PostgresError.server(
                        sqlState: "23505",
                        message: message,
                        detail: "Key (i)=(1) already exists."
                    )
                ) {
                    try await connection.query("INSERT INTO u VALUES (1)")
                }
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.execute("SELECT 1; nonsense; SELECT 2")
                }
                #expect(error?.sqlState == "42601")
                let rows = try await connection.query("SELECT 7")
                #expect(rows[0, 0] == "7")
            }
        }

        @Test func `sends nothing that holds a NUL or too many parameters`() async throws {
            try await connected(TestServer.target()) { connection in
                await #expect(throws: PostgresError.refused("PostgreSQL's texts can't hold a NUL character")) {
                    try await connection.query("SELECT $1", ["a\0b"])
                }
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.query("SELECT 1", Array(repeating: "", count: 65536))
                }
                guard case .refused = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                let rows = try await connection.query("")
                #expect(rows.count == 0)
            }
        }

        @Test func `reads a result and sends a parameter that exceed every buffer`() async throws {
            try await connected(TestServer.target()) { connection in
                let text = String(repeating: "0123456789abcdef", count: 1 << 19)
                let rows = try await connection.query("SELECT $1::text FROM generate_series(1, 2)", [text])
                #expect(rows.count == 2)
                #expect(rows[1, 0] == text)
            }
        }

        @Test func `runs queries of many callers one after the other`() async throws {
            try await connected(TestServer.target()) { connection in
                let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 1...30 {
                        group.addTask {
                            let rows = try await connection.query("SELECT $1::int FROM pg_sleep(0.001)", ["\(number)"])
                            return rows[0, 0].flatMap { Int($0) } ?? 0
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(sum == 465)
            }
        }

        @Test func `loses the connection that a plain query turns over to COPY`() async throws {
            try await connected(TestServer.target()) { connection in
                let loss = PostgresError.connectionLost("COPY was asked for by a plain query")
                await #expect(throws: loss) { try await connection.query("COPY (SELECT 1) TO STDOUT") }
                await #expect(throws: loss) { try await connection.query("SELECT 1") }
            }
        }

        @Test func `tells the server's version and the backend's pid`() async throws {
            try await connected(TestServer.target()) { connection in
                let rows = try await connection.query("SELECT pg_backend_pid(), current_setting('server_version_num')")
                #expect(rows[0, 0] == "\(connection.backendPID)")
                #expect(rows[0, 1] == "\(connection.serverVersion)")
            }
        }
    }
}
