import BrainTestKit
import Postgres
import Testing

/// That the proxy does to a connection what the proofs with it rely on.
@Suite(.timeLimit(.minutes(5)))
struct FaultyProxyTests {
    @Test func `passes, and delivers late what came while it stood still`() async throws {
        try await Self.withProxy { proxy, target, thread in
            let connection = try await Connection.open(target, on: thread, timeout: .seconds(20))
            #expect(try await connection.query("SELECT 1")[0, 0] == "1")
            try await proxy.set(.stall)
            async let answer = connection.query("SELECT 2")
            try await proxy.met()
            try await proxy.set(.pass)
            #expect(try await answer[0, 0] == "2")
            await connection.close()
        }
    }

    @Test func `never delivers what it dropped, and lets only newer connections pass`() async throws {
        try await Self.withProxy { proxy, target, thread in
            let connection = try await Connection.open(target, on: thread, timeout: .seconds(20))
            try await proxy.set(.drop)
            // Both end by their time-outs alone, whose length decides nothing.
            await #expect(throws: PostgresError.timedOut) {
                try await Connection.open(target, on: thread, timeout: .milliseconds(100))
            }
            try await proxy.set(.pass)
            await #expect(throws: PostgresError.timedOut) {
                try await connection.query("SELECT 1", timeout: .milliseconds(100))
            }
            let newer = try await Connection.open(target, on: thread, timeout: .seconds(20))
            #expect(try await newer.query("SELECT 2")[0, 0] == "2")
            await newer.close()
        }
    }

    @Test func `ends connections with a reset, and refuses new ones`() async throws {
        try await Self.withProxy { proxy, target, thread in
            let connection = try await Connection.open(target, on: thread, timeout: .seconds(20))
            try await proxy.set(.refuse)
            #expect(try await connection.query("SELECT 1")[0, 0] == "1")
            let refusal = await #expect(throws: PostgresError.self) {
                try await Connection.open(target, on: thread, timeout: .seconds(20))
            }
            if case .unreachable = refusal {} else { Issue.record("\(String(describing: refusal))") }
            try await proxy.reset()
            let loss = await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1") }
            if case .connectionLost = loss {} else { Issue.record("\(String(describing: loss))") }
        }
    }

    private static func withProxy(
        _ body: (FaultyProxy, ConnectionTarget, PollThread) async throws -> Void
    ) async throws {
        let server = try ThrowawayPostgres.shared()
        let database = try await server.makeDatabase()
        let proxy = try await FaultyProxy.start(before: server)
        try await body(proxy, ConnectionTarget(conninfo: database.conninfo(through: proxy)), database.thread)
        try await proxy.close()
    }
}
