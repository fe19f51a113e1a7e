import ArgumentParser

/// `brain-bench fanout`.
struct FanoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fanout",
        abstract: "Serves /ws with the daemon's Acceptor, sessions and Broadcaster, fed by what comes in on /pub.",
        discussion: """
            Each text frame that a publisher sends on /pub goes to every client on /ws as it is. For a load generator; \
            `brain-bench compare` runs one against it.
            """
    )

    @Option(help: "The port on 127.0.0.1; 0 takes a free one.")
    var port: Int

    @Option(help: "Event loops, a thread each.")
    var loops = 1

    @Option(help: "Sessions that fail each second, all in turn; one that fails a fourth time in 60 s is closed.")
    var failing = 0

    func validate() throws {
        guard (0...65_535).contains(self.port), self.loops > 0 else {
            throw ValidationError("The port is 0 to 65535, and there is one loop at least.")
        }
        guard (0...10_000).contains(self.failing) else { throw ValidationError("--failing is 0 to 10000.") }
    }

    func run() async throws {
        let server = FanoutServer(port: self.port, loops: self.loops, failing: self.failing)
        try await interruptible {
            try await server.run { print("listening on 127.0.0.1:\($0)") }
        }
    }
}
