import Glibc
import Testing

@testable import Postgres

/// The suites that share one server.
@Suite(.sharedServer) enum ServerTests {}

/// The server that the tests of ``ServerTests`` talk to.
enum TestServer {
    @TaskLocal static var address: ServerAddress?

    static func target(user: String = "admin", database: String = "postgres") throws -> ConnectionTarget {
        try #require(Self.address).target(user: user, database: database)
    }

    /// Reached by TCP, where passwords are asked for.
    static func remoteTarget(user: String, database: String = "postgres") throws -> ConnectionTarget {
        var target = try Self.target(user: user, database: database)
        target.overrides["host"] = "127.0.0.1"
        return target
    }
}

/// Runs a throw-away server around a suite; its processes and files are gone when the suite is over.
struct SharedServer: SuiteTrait, TestScoping {
    private static let rules = [
        "local all admin trust",
        "host all secret 127.0.0.1/32 scram-sha-256",
    ]

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withDirectory { directory in
            try await running(.throwAway(in: directory, rules: Self.rules)) { _, address in
                try await TestServer.$address.withValue(address, operation: function)
            }
        }
    }
}

extension Trait where Self == SharedServer {
    static var sharedServer: Self { Self() }
}

extension PrivateServerConfiguration {
    /// Fast rather than durable, and off the ports that a machine's own server has.
    static func throwAway(in directory: String, rules: [String] = ["local all all trust"]) -> Self {
        var configuration = Self(directory: directory + "/data", superuser: "admin", accessRules: rules)
        configuration.settings = ["fsync": "off", "max_connections": "100", "shared_buffers": "4MB"]
        configuration.preferredPort = 54320
        configuration.stopDeadline = .seconds(30)
        return configuration
    }
}

/// A new directory that other users may enter, removed afterwards.
func withDirectory(_ body: (String) async throws -> Void) async throws {
    var template = ContiguousArray("/tmp/postgres-tests-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
    let directory = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
    let path = try #require(made ? directory : nil)
    chmod(path, 0o755)
    do {
        try await body(path)
    } catch {
        try FileSystem.removeTree(path)
        throw error
    }
    try FileSystem.removeTree(path)
}

/// Runs a server, calls the body once it accepts connections, and stops it.
///
/// Throws what the server threw where it ended before that.
func running(
    _ configuration: PrivateServerConfiguration,
    _ body: @Sendable (PrivateServer, ServerAddress) async throws -> Void
) async throws {
    let server = PrivateServer(configuration)
    let (addresses, continuation) = AsyncStream.makeStream(of: ServerAddress.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer {
                continuation.finish()
            }
            try await server.run { continuation.yield($0) }
        }
        for await address in addresses.prefix(1) {
            do {
                try await body(server, address)
            } catch {
                await server.stop(deadline: .seconds(30))
                throw error
            }
        }
        await server.stop(deadline: .seconds(30))
        try await group.waitForAll()
    }
}

/// Opens a connection, lends it, and closes it.
func connected<Result: Sendable>(
    _ target: ConnectionTarget,
    _ body: @Sendable (Connection) async throws -> Result
) async throws -> Result {
    try await withThread { thread in
        let connection = try await Connection.open(target, on: thread, timeout: .seconds(20))
        return try await body(connection)
    }
}

/// Lends a thread and stops it.
func withThread<Result: Sendable>(_ body: @Sendable (PollThread) async throws -> Result) async throws -> Result {
    let thread = try PollThread(name: "test")
    defer {
        thread.stop()
    }
    return try await body(thread)
}
