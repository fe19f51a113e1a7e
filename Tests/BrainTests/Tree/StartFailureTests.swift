import NIOCore
import Postgres
import Supervision
import Testing

@testable import Brain

/// Contract §1, exit codes: 69 something isn't there, 70 the tree gave up, 78 configuration.
@Suite struct StartFailureTests {
    private static let unavailable: [any Error] = [
        PostgresError.unreachable("refused"), PostgresError.timedOut, PostgresError.connectionLost("reset"),
        PostgresError.resources("no thread"), FeedError.table(.tableMissing), FeedError.unreachable(""),
        FeedError.lost(""), PostgresError.server(sqlState: "42P01", message: "no runs", detail: nil),
        AcceptorFailure.portTaken(5221), AcceptorFailure.stoppedListening, PrivateServerError.programsMissing,
        PrivateServerError.initFailed(""), PrivateServerError.didNotStart(""), PrivateServerError.exited(.code(1)),
        MigrationError.locked, MigrationError.feed(.unreachable("")),
        ChildFault.startOverdue(.seconds(30)), FeedError.standby, FeedError.tableChanged, FeedError.streamBroken(""),
        AcceptorFailure.addressUnusable(host: "x", reason: "y"), PrivateServerError.inUse(pid: 1),
    ]

    private static let configuration: [any Error] = [
        PostgresError.authentication("wrong password"), PostgresError.noSuchDatabase("x"),
        PostgresError.invalidTarget("x"), PostgresError.refused("no TLS"),
        PostgresError.server(sqlState: "42501", message: "permission denied", detail: nil),
        FeedError.table(.notReadable("")), FeedError.table(.columnMissing("id")),
        FeedError.table(.notATable(kind: "view")), FeedError.tooOld(version: 130_000),
        FeedError.walUnusable(.publicationMissing), FeedError.triggerUnusable(.missing),
        AcceptorFailure.portForbidden(80), PrivateServerError.directoryUnwritable(path: "x", reason: "y"),
        PrivateServerError.noUnprivilegedUser, MigrationError.forbidden(""), MigrationError.refused(""),
        MigrationError.feed(.authentication("")),
    ]

    @Test(arguments: Self.unavailable.indices)
    func `what isn't there ends with 69`(index: Int) {
        let error = Self.unavailable[index]
        #expect(StartFailure(error).status == .unavailable, "\(error)")
    }

    @Test(arguments: Self.configuration.indices)
    func `what is set wrong ends with 78`(index: Int) {
        let error = Self.configuration[index]
        #expect(StartFailure(error).status == .configuration, "\(error)")
    }

    @Test func `a child's own error counts, not that the start failed`() {
        let failure = SupervisionFailure.startFailed(child: "acceptor", underlying: AcceptorFailure.portTaken(5221))
        #expect(StartFailure(failure) == StartFailure(AcceptorFailure.portTaken(5221)))
    }

    @Test func `a first start over its deadline says which child it was`() async {
        let tree = Supervisor(
            id: "brain",
            children: [ChildSpec(id: "change-feed", purpose: "", startDeadline: .milliseconds(1)) { Unstarted() }],
            onEvent: { _ in }
        )
        let error = await #expect(throws: SupervisionFailure.self) { try await tree.run() }
        let failure = error.map { StartFailure($0) }
        #expect(failure == StartFailure(status: .unavailable, message: "change-feed did not start within 1 ms"))
    }

    @Test func `a tree that gave up ends with 70, and says who failed and why`() {
        let failure = StartFailure(SupervisionFailure.gaveUp(child: "broadcaster", reason: "planted"))
        #expect(failure.status == .software)
        #expect(failure.message == "broadcaster failed too often, the last time with: planted")
    }

    @Test func `a failure that is one already stays as it is`() {
        let failure = StartFailure(status: .usage, message: "x")
        #expect(StartFailure(failure) == failure)
        #expect(StartFailure(SupervisionFailure.startFailed(child: "x", underlying: failure)) == failure)
    }

    @Test func `an error that nobody knows ends with 69, in one line`() {
        struct Odd: Error, CustomStringConvertible {
            let description = "odd\nand long"
        }
        let failure = StartFailure(Odd())
        #expect(failure.status == .unavailable)
        #expect(!failure.message.contains("\n"))
    }

    @Test(arguments: [
        (IOErrorCode.taken, "port 80 is taken"), (.forbidden, "port 80 may not be bound"),
        (.other, "can't listen on ::"),
    ])
    func `a bind that fails says what to choose instead`(code: IOErrorCode, beginning: String) {
        let error = AcceptorFailure.cannotListen(host: nil, port: 80, IOError(errnoCode: code.rawValue, reason: "bind"))
        #expect("\(error)".hasPrefix(beginning))
        #expect(AcceptorFailure.cannotListen(host: nil, port: 80, CancellationError()) is CancellationError)
    }

    /// errno(3) on Linux.
    enum IOErrorCode: CInt, Sendable {
        case taken = 98
        case forbidden = 13
        case other = 99
    }
}

/// Runs, and never says that it is up.
private actor Unstarted: Child {
    func run(started: @escaping @Sendable () -> Void) async throws {
        try await untilCancelled()
    }

    func signOfLife() async {}
}
