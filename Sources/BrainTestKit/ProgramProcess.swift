import Foundation
import Glibc
import Synchronization

/// A program that a tool runs and ends.
package final class ProgramProcess: Sendable {
    /// The kernel's number of it.
    package let pid: Int32
    private let name: String
    private let process: Process
    private let errors: ScratchFile?
    private let end: ProcessEnd

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: a path, or a name to be found on PATH.
    ///   - arguments: without the program's own name.
    ///   - environment: beside PATH, HOME and LANG; nothing else is passed on, least of all Brain's own settings.
    ///   - input: what it reads: a `ScratchFile` or a `Pipe`; nil for nothing.
    ///   - output: where it writes: a `FileHandle` or a `Pipe`; nil for nowhere.
    ///   - errors: its standard error: a `ScratchFile` or a `Pipe`.
    /// - Throws: where there is no such program, or it can't be started.
    package init(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: Any? = nil,
        output: Any? = nil,
        errors: Any
    ) throws {
        let (process, end) = (Process(), ProcessEnd())
        process.executableURL = URL(fileURLWithPath: try Self.path(of: program))
        process.arguments = arguments
        process.environment = Self.environment.merging(environment) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = (input as? ScratchFile)?.handle ?? input ?? FileHandle.nullDevice
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = (errors as? ScratchFile)?.handle ?? errors
        process.terminationHandler = { end.came($0.terminationStatus) }
        try Self.withoutBlockedSignals { try process.run() }
        (self.process, self.end, self.errors) = (process, end, errors as? ScratchFile)
        self.pid = process.processIdentifier
        self.name = URL(fileURLWithPath: program).lastPathComponent
    }

    /// Runs a program to its end; it is ended if the task is cancelled.
    ///
    /// - Parameters: as those of the initializer.
    /// - Returns: what it wrote to its standard output.
    /// - Throws: where it can't be started, or ends with another status than 0.
    package static func output(
        of program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: ScratchFile? = nil
    ) async throws -> String {
        let output = try ScratchFile()
        let process = try ProgramProcess(
            program,
            arguments,
            environment: environment,
            input: input,
            output: output.handle,
            errors: try ScratchFile()
        )
        let status = await withTaskCancellationHandler {
            await process.end.status()
        } onCancel: {
            process.order(SIGTERM)
        }
        try Task.checkCancellation()
        guard status == 0 else { throw process.failure }
        return output.text
    }

    /// Whether it has ended by itself.
    package var hasEnded: Bool { self.end.isThere }

    /// The status with which it ended; nil while it runs.
    package var status: Int32? { self.hasEnded ? self.process.terminationStatus : nil }

    /// What it said of its end.
    package var failure: ProgramError {
        .failed(program: self.name, status: self.process.terminationStatus, said: self.errors?.text ?? "")
    }

    /// Ends it, by force where it takes more than 15 s, and returns when it is gone, even if the task is cancelled.
    package func stop() async {
        self.order(SIGTERM)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                guard (try? await Task.sleep(for: .seconds(15))) != nil else { return }
                self.order(SIGKILL)
            }
            _ = await self.end.status()
            group.cancelAll()
        }
    }

    /// Sends it a signal, unless it has ended.
    package func order(_ signal: Int32) {
        if !self.hasEnded { kill(self.pid, signal) }
    }

    /// Pool threads block signals, and a child inherits that: it would hear neither SIGTERM nor its own alarms.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    /// Where a program is; PostgreSQL's are those of its newest version, as the server's.
    ///
    /// - Parameter program: a path, or a name to be found on PATH.
    /// - Returns: its path.
    /// - Throws: where there is none.
    package static func path(of program: String) throws(ProgramError) -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.compactMap { Int($0) }.max().map { "\(root)/\($0)/bin" }
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":").map(String.init)
        let places = program.contains("/") ? [program] : ([newest].compactMap(\.self) + path).map { "\($0)/\(program)" }
        guard let place = places.first(where: FileManager.default.isExecutableFile) else { throw .missing(program) }
        return place
    }

    /// The program of this name that was built together with the one that runs.
    package static func beside(named name: String) -> String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name).path
    }

    private static var environment: [String: String] {
        ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "LANG"].contains($0.key) }
    }
}

/// The end of a process, which is told once and awaited by any.
private final class ProcessEnd: Sendable {
    private struct State {
        var status: Int32?
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    private let state = Mutex(State())

    var isThere: Bool { self.state.withLock { $0.status != nil } }

    func came(_ status: Int32) {
        let waiting = self.state.withLock { state in
            state.status = status
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: status) }
    }

    func status() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status = self.state.withLock { state in
                if state.status == nil { state.waiting.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }
}
