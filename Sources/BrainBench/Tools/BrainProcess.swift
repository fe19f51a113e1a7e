import Brain
import BrainTestKit
import Foundation

/// A real Brain: the program beside this one, in a process of its own.
final class BrainProcess: Sendable {
    let port: Int
    private let process: ProgramProcess
    private let log: ScratchFile

    private init(port: Int, process: ProgramProcess, log: ScratchFile) {
        (self.port, self.process, self.log) = (port, process, log)
    }

    /// Starts it, and returns when clients may come.
    ///
    /// - Parameters:
    ///   - capture: how it captures; any other way is an error.
    ///   - site: its database.
    ///   - settings: further flags.
    /// - Returns: a Brain to be stopped.
    /// - Throws: what hindered its start, in its own words.
    static func start(
        _ capture: CaptureName,
        on site: BenchSite,
        _ settings: [String] = []
    ) async throws -> BrainProcess {
        let log = try ScratchFile()
        let fixed = [
            "serve", "--database-url", site.conninfo, "--capture", capture.rawValue, "--host", "127.0.0.1",
            "--port", "0", "--log-format", "json", "--drain-timeout", "3000",
        ]
        let process = try ProgramProcess(ProgramProcess.beside(named: "brain"), fixed + settings, errors: log)
        do {
            let port = try await Self.port(in: log, of: process)
            let brain = BrainProcess(port: port, process: process, log: log)
            try brain.check(capture)
            return brain
        } catch {
            await process.stop()
            throw error
        }
    }

    var pid: Int32 { self.process.pid }

    /// A client with its session.
    func connect() async throws -> WebSocketClient {
        var options = WebSocketClientOptions()
        options.inboxLimit = 1 << 20
        return try await WebSocketClient.connect(WebSocketClientRequest(port: self.port), options: options)
    }

    /// Throws where it captures otherwise, be it after a loss.
    func check(_ capture: CaptureName) throws(BenchError) {
        let name = self.lines("capture connected").last?["capture"]?.text ?? "nothing"
        guard name == capture.rawValue else { throw .captures(by: name, wanted: capture.rawValue) }
    }

    /// When the capture last connected, on the wall clock, to the millisecond.
    var lastConnected: Date? {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return self.lines("capture connected").last?["time"]?.text.flatMap { try? style.parse($0) }
    }

    func stop() async {
        await self.process.stop()
    }

    private static func port(in log: ScratchFile, of process: ProgramProcess) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let line = Self.lines("listening", in: log).first
            if let port = line?["port"].flatMap({ $0.text.flatMap { Int($0) } ?? $0.number.map { Int($0) } }) {
                return port
            }
            guard !process.hasEnded else { throw process.failure }
            guard ContinuousClock.now < deadline else { throw BenchError.late("the start of brain: \(log.text)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func lines(_ message: String) -> [DaemonJSON] {
        Self.lines(message, in: self.log)
    }

    private static func lines(_ message: String, in log: ScratchFile) -> [DaemonJSON] {
        log.text.split(separator: "\n").filter { $0.contains("\"message\":\"\(message)\"") }
            .compactMap { try? DaemonJSON(parsing: String($0)) }
    }
}

extension WebSocketClient {
    /// Reads and counts all messages while `body` runs, then leaves.
    ///
    /// - Returns: what `body` returns, and how many messages came.
    func reading<Result: Sendable>(
        during body: @escaping @Sendable () async throws -> Result
    ) async throws -> (Result, messages: Int) {
        async let count = self.countToTheEnd()
        let result: Result
        do {
            result = try await body()
        } catch {
            try? await self.reset()
            throw error
        }
        try? await self.reset()
        return (result, try await count)
    }

    private func countToTheEnd() async throws -> Int {
        var count = 0
        while true {
            switch try await self.next(within: .seconds(3600)) {
            case .text: count += 1
            case .close(let code, _): throw BenchError.clientClosed(code: code ?? 1005)
            case .ended: return count
            default: break
            }
        }
    }
}
