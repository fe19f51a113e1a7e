import Brain
import BrainTestKit
import Testing

/// Faults on demand (contract §2): where they can be ordered, and what an order has to be.
@Suite(.timeLimit(.minutes(5)))
struct DaemonPlantedFaultTests {
    static let path = "/api/debug/faults"
    static let order = #"{"child":"broadcaster","fault":"throw"}"#
    static var setup: DaemonSetup { DaemonSetup { $0.faultsEnabled = true } }

    @Test
    func `has no such route unless faults are enabled`() async throws {
        try await withDaemon { daemon in
            for method in ["POST", "GET"] {
                let answer = try await daemon.send(method, Self.path, Self.order)
                #expect(answer.status == 404 && answer.isProblem)
            }
            #expect(try await daemon.json("/api/debug/tree")["children"]?.elements.count == 7)
        }
    }

    @Test
    func `refuses what doesn't fit, in the order of the contract`() async throws {
        try await withDaemon(Self.setup) { daemon in
            try await Self.expect(405, for: nil, method: "GET", at: daemon)
            try await Self.expect(415, for: Self.order, type: "text/plain", at: daemon)
            try await Self.expect(413, for: String(repeating: " ", count: 1 << 20) + Self.order, at: daemon)
            for body in ["", "[]", #"{"child":"auditor"}"#, #"{"child":"nobody","fault":"throw"}"#] {
                try await Self.expect(400, for: body, at: daemon)
            }
            // The embedded database is no child where another one was named.
            try await Self.expect(400, for: #"{"child":"postgres","fault":"throw"}"#, at: daemon)
            for session in ["s-000001", "nonsense"] {
                let order = #"{"child":"session","session":"\#(session)","fault":"hang"}"#
                try await Self.expect(404, for: order, at: daemon)
            }
        }
    }

    private static func expect(
        _ status: Int,
        for body: String?,
        method: String = "POST",
        type: String = "application/json",
        at daemon: DaemonHarness
    ) async throws {
        let answer = try await daemon.send(method, Self.path, body, with: ["Content-Type": type])
        #expect(answer.status == status && answer.isProblem, "\(answer.body)")
    }

    @Test
    func `takes orders from administrators alone`() async throws {
        var setup = Self.setup
        setup.configuration.gate.trustedProxies = [try #require(CIDR("127.0.0.9/32"))]
        try await withDaemon(setup) { daemon in
            let headers = ["X-Forwarded-For": "10.1.2.3"]
            let answer = try await daemon.send("POST", Self.path, Self.order, with: headers, from: "127.0.0.9")
            #expect(answer.status == 403 && answer.isProblem)
            try await daemon.plant("throw", in: "broadcaster")
            try await daemon.runs("broadcaster", restarts: 1)
        }
    }

    @Test
    func `a session that is made to fail is restarted, and loses nothing`() async throws {
        try await withDaemon(Self.setup) { daemon in
            let client = try await daemon.connect()
            try await daemon.plant("throw", inSession: "s-000001")
            try await daemon.sql("INSERT INTO runs (id) VALUES ('a')")
            #expect(try await client.nextMessage().id == "a")
            #expect(try await daemon.json("/api/debug/sessions/s-000001")["restarts"] == 1)
        }
    }

    @Test
    func `a session that hangs is restarted at the next look at it, and then gets what it is owed`() async throws {
        var setup = Self.setup
        setup.configuration.push.writeStall = .milliseconds(500)
        try await withDaemon(setup) { daemon in
            let (client, other) = (try await daemon.connect(), try await daemon.connect())
            try await daemon.plant("hang", inSession: "s-000001")
            try await daemon.sql("INSERT INTO runs (id) VALUES ('a')")
            for client in [other, client] { #expect(try await client.nextMessage().id == "a") }
            #expect(try await daemon.json("/api/debug/sessions/s-000001")["restarts"] == 1)
            #expect(try await daemon.json("/api/debug/sessions/s-000002")["restarts"] == 0)
        }
    }

    @Test(arguments: ["broadcaster", "runs-repository", "change-feed"])
    func `what is slow for a while is late, and nothing else`(_ child: String) async throws {
        let script = ProofRuns.script
        var setup = DaemonSetup(script: script) { $0.faultsEnabled = true }
        setup.silence = .seconds(5)
        try await withDaemon(setup) { daemon in
            var oracle = try await Oracle(daemon)
            try await daemon.plant("slow", in: child)
            _ = try await ProofRuns.steps(40, on: daemon.writer)
            expectNone(try await oracle.complaints())
            try await daemon.runs(child, restarts: 0)
        }
    }
}
