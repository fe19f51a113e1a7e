import BrainTestKit
import Foundation
import Glibc
import Synchronization

/// The daemon under test: the program `brain` beside this one, in a process of its own.
final class SoakDaemon: Sendable {
    /// Where it listens.
    let port: Int
    private let process: ProgramProcess
    private let guardian: DaemonGuard

    private init(port: Int, process: ProgramProcess, guardian: DaemonGuard) {
        (self.port, self.process, self.guardian) = (port, process, guardian)
    }

    /// Starts it, and returns when clients may come.
    ///
    /// - Parameters:
    ///   - database: what it watches.
    ///   - capture: how, by the word of `--capture`.
    ///   - sessionsPerAddress: how many clients it takes from one address.
    ///   - log: what it writes to.
    ///   - news: its port, which the log tells.
    /// - Returns: a daemon to be stopped.
    /// - Throws: what hindered its start.
    static func start(
        on database: SoakDatabase,
        capture: String,
        sessionsPerAddress: Int,
        log: DaemonLog,
        news: DaemonNews
    ) async throws -> SoakDaemon {
        let process = try ProgramProcess(
            ProgramProcess.beside(named: "brain"),
            [
                "serve", "--database-url", database.conninfo, "--capture", capture, "--host", "127.0.0.1", "--port",
                "0",
                "--log-format", "json", "--log-level", "debug", "--connect-rate-per-ip", "0",
                "--max-connections-per-ip", "\(sessionsPerAddress)", "--audit-interval", "5000",
                "--write-stall", "5000", "--ping-interval", "10000", "--pong-timeout", "5000",
                // The least share of it, 2 %, must suffice a child of a debug build on a busy machine.
                "--drain-timeout", "60000",
            ],
            environment: ["BRAIN_ENABLE_FAULTS": "1"],
            errors: log.pipe
        )
        do {
            let guardian = try DaemonGuard(of: process.pid)
            return SoakDaemon(port: try await Self.port(in: news, of: process), process: process, guardian: guardian)
        } catch {
            await process.stop()
            throw error
        }
    }

    /// The kernel's number of it.
    var pid: Int32 { self.process.pid }

    /// How it ended by itself, in words; nil while it runs.
    var end: String? { self.process.hasEnded ? "\(self.process.failure)" : nil }

    /// Stops it as a debugger would: its sockets stay, and nobody serves them.
    func pause(for length: Duration) async throws {
        self.process.order(SIGSTOP)
        defer { self.process.order(SIGCONT) }
        try await Task.sleep(for: length)
    }

    /// Lets it open nothing more for a while: the limit is below the lowest number that is free (setrlimit(2)).
    ///
    /// - Parameter length: how long.
    /// - Throws: where `prlimit` (util-linux) can't be had, or the daemon is gone.
    func exhaustDescriptors(for length: Duration) async throws {
        guard let lowest = ProcessFacts.lowestFreeDescriptor(of: self.pid) else { throw SoakError.late("descriptors") }
        try await self.limitDescriptors(to: "\(lowest):")
        do {
            try await Task.sleep(for: length)
        } catch {
            try await self.limitDescriptors(to: "\(Self.hardLimit):")
            throw error
        }
        try await self.limitDescriptors(to: "\(Self.hardLimit):")
    }

    /// Ends it, by SIGKILL where it takes too long.
    ///
    /// - Returns: how it ended, in words; nil where it is as it should be.
    @discardableResult
    func stop() async -> String? {
        await self.process.stop()
        await self.guardian.dismiss()
        guard let status = self.process.status, status != 0 else { return nil }
        return "it ended with \(status) when it was asked to stop"
    }

    private func limitDescriptors(to limit: String) async throws {
        _ = try await ProgramProcess.output(of: "prlimit", ["--pid", "\(self.pid)", "--nofile=\(limit)"])
    }

    /// The daemon raises its own limit to the hard one, which it inherits from here.
    private static var hardLimit: UInt {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return 1024 }
        return limits.rlim_max
    }

    private static func port(in news: DaemonNews, of process: ProgramProcess) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            if let port = news.port { return port }
            guard !process.hasEnded else { throw SoakError.daemonDidNotStart(news.lastError ?? "\(process.failure)") }
            guard ContinuousClock.now < deadline else { throw SoakError.late("the start of brain") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

/// What the log has told so far that others wait for.
final class DaemonNews: Sendable {
    private struct State {
        var port: Int?
        var lastError: String?
    }

    private let state = Mutex(State())

    /// Where the daemon listens; nil before it does.
    var port: Int? { self.state.withLock { $0.port } }
    /// The last line of level error or above, or that is no log line.
    var lastError: String? { self.state.withLock { $0.lastError } }

    /// Takes a line of the log.
    func take(_ line: Substring) {
        if line.contains("\"message\":\"listening\"") {
            let port = Self.member("port", of: line)
            self.state.withLock { $0.port = port?.text.flatMap { Int($0) } ?? port?.number.map { Int($0) } }
        } else if line.contains("\"level\":\"error\"") || line.contains("\"level\":\"critical\"")
            || !line.hasPrefix("{")
        {
            self.state.withLock { $0.lastError = String(line) }
        }
    }

    private static func member(_ name: String, of line: Substring) -> DaemonJSON? {
        (try? DaemonJSON(parsing: String(line)))?[name]
    }
}
