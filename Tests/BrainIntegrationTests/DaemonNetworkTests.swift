import Brain
import BrainTestKit
import Postgres
import Testing

/// What a fault of the network between Brain and the server costs: time, not states (contract §4.4).
///
/// Writers go another way, as they do in earnest.
@Suite(.timeLimit(.minutes(5)))
struct DaemonNetworkTests {
    @Test(arguments: CaptureChoice.proven)
    func `catches up after its connections were reset and new ones were refused`(
        _ capture: CaptureChoice
    ) async throws {
        try await Self.run(capture) { daemon, proxy in
            var oracle = try await Oracle(daemon)
            let history = try await ProofRuns.whileWriting(to: daemon.database) {
                for _ in 1...3 {
                    try await proxy.set(.refuse)
                    try await proxy.reset()
                    try await daemon.isAway()
                    try await proxy.met()
                    try await proxy.set(.pass)
                    try await daemon.isReady()
                }
            }
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history))
        }
    }

    @Test(arguments: CaptureChoice.proven)
    func `catches up after the network stood still and went on`(_ capture: CaptureChoice) async throws {
        try await Self.run(capture) { daemon, proxy in
            var oracle = try await Oracle(daemon)
            for _ in 1...3 {
                try await proxy.set(.stall)
                let history = try await ProofRuns.steps(50, on: daemon.writer)
                #expect(history.count == 50)
                try await proxy.met()
                try await proxy.set(.pass)
                expectNone(try await oracle.complaints())
            }
        }
    }

    @Test(arguments: CaptureChoice.proven)
    func `catches up after the network stood still and its connections were reset`(
        _ capture: CaptureChoice
    ) async throws {
        try await Self.run(capture) { daemon, proxy in
            var oracle = try await Oracle(daemon)
            try await proxy.set(.stall)
            _ = try await ProofRuns.steps(50, on: daemon.writer)
            try await proxy.met()
            try await proxy.reset()
            // Those that come now stand still from the beginning.
            _ = try await ProofRuns.steps(50, on: daemon.writer)
            try await proxy.set(.pass)
            expectNone(try await oracle.complaints())
        }
    }

    /// Nothing tells Brain of it: no answer comes, and no end of a connection.
    ///
    /// The backends stay, too, and with them what they hold, such as locks.
    @Test(arguments: CaptureChoice.proven)
    func `catches up after its connections were swallowed for good`(_ capture: CaptureChoice) async throws {
        try await Self.run(capture) { daemon, proxy in
            var oracle = try await Oracle(daemon)
            try await proxy.set(.drop)
            _ = try await ProofRuns.steps(50, on: daemon.writer)
            try await proxy.met()
            try await proxy.set(.pass)
            _ = try await ProofRuns.steps(50, on: daemon.writer)
            expectNone(try await oracle.complaints(within: .seconds(120)))
            _ = try await ProofRuns.steps(50, on: daemon.writer)
            expectNone(try await oracle.complaints())
        }
    }

    private static func run(
        _ capture: CaptureChoice,
        _ body: @escaping @Sendable (DaemonHarness, FaultyProxy) async throws -> Void
    ) async throws {
        let proxy = try await FaultyProxy.start(before: ThrowawayPostgres.shared())
        var setup = DaemonSetup(capture, script: ProofRuns.script)
        setup.proxy = proxy
        setup.patience = .seconds(180)
        do {
            try await withDaemon(setup) { try await body($0, proxy) }
        } catch {
            try await proxy.close()
            throw error
        }
        try await proxy.close()
    }
}
