import Glibc
package import Logging
import Synchronization

/// The service manager that started the daemon (systemd, `Type=notify`) and waits for its word: sd_notify(3).
///
/// A call may block for a second where the manager doesn't read; one that fails is logged, and nothing comes of it.
package final class ServiceManager: Sendable {
    /// Between two signs of life, half of what the manager waits for one; nil where it waits for none.
    package let feedInterval: Duration?
    private let socket: NotifySocket
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var lastStatus = ""
        var isStopping = false

        /// Whether these are other words than the last ones, and the daemon isn't on its way out.
        mutating func isNews(_ status: String) -> Bool {
            defer { self.lastStatus = status }
            return !self.isStopping && self.lastStatus != status
        }
    }

    /// Finds the manager in the environment; nil where none waits for word.
    ///
    /// - Parameters:
    ///   - environment: `NOTIFY_SOCKET` says where it listens, `WATCHDOG_USEC` for how many microseconds at most it
    ///     goes without a sign of life, `WATCHDOG_PID` from whom, where that isn't everybody (sd_watchdog_enabled(3)).
    ///   - logger: for what can't be told.
    ///   - processID: this process.
    package init?(environment: [String: String], logger: Logger, processID: Int32 = getpid()) {
        guard let socket = environment["NOTIFY_SOCKET"].flatMap(NotifySocket.init) else { return nil }
        self.socket = socket
        self.logger = logger
        self.feedInterval = Self.patience(environment, processID).map { $0 / 2 }
    }

    /// The daemon serves: who started it waits for that.
    func ready(_ status: String) {
        self.state.withLock { $0.lastStatus = status }
        self.tell("READY=1\n" + Self.line(status))
    }

    /// What the daemon does, in words; the same words are told once, and nothing more once it stops.
    func status(_ status: String) {
        if self.state.withLock({ $0.isNews(status) }) { self.tell(Self.line(status)) }
    }

    /// Why the daemon ends, where it does so unasked.
    ///
    /// - Parameter reason: In words, of which the manager shows a line.
    package func failed(_ reason: String) {
        self.tell(Self.line("failed: \(reason)"))
    }

    /// The daemon stops, which may take so long: longer than the manager thinks, perhaps.
    func stopping(within time: Duration) {
        let microseconds = Int((time / .microseconds(1)).rounded(.up))
        self.state.withLock { $0.isStopping = true }
        self.tell("STOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC=\(microseconds)")
    }

    /// A sign of life.
    func alive() {
        self.tell("WATCHDOG=1")
    }

    private func tell(_ message: String) {
        guard let failure = self.socket.send(message) else { return }
        self.logger.log(.warning, "the service manager can't be told", [.reason: "\(failure)"])
    }

    private static func line(_ status: String) -> String { "STATUS=" + LogText.shown(status) }

    /// A day at most; nothing for what is no time, or stands for none (USEC_INFINITY).
    private static func patience(_ environment: [String: String], _ processID: Int32) -> Duration? {
        if let watched = environment["WATCHDOG_PID"], watched != "\(processID)" { return nil }
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ UInt64($0) }) else { return nil }
        guard microseconds > 0, microseconds < .max else { return nil }
        return .microseconds(min(microseconds, 86_400_000_000))
    }
}
