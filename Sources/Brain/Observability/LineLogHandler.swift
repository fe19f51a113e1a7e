package import Logging

/// A swift-log backend that makes a line of each event.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat
    private let output: LogOutput
    private let namesPriority: Bool

    /// - Parameters:
    ///   - level: the least that is logged.
    ///   - format: how a line looks.
    ///   - output: where it goes.
    ///   - namesPriority: whether each line begins with its priority, `<4>`, which a journal takes off again
    ///     (sd-daemon(3)).
    init(level: Logger.Level, format: LogFormat, output: LogOutput, namesPriority: Bool = false) {
        self.logLevel = level
        self.format = format
        self.output = output
        self.namesPriority = namesPriority
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    /// Writes the event; where a key is set more than once, the event's own value counts, then the provider's.
    func log(event: LogEvent) {
        var fields = self.metadata
        if let provided = self.metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let error = event.error { fields[LogKey.error.rawValue] = "\(error)" }
        if let own = event.metadata { fields.merge(own) { $1 } }
        self.output.write(self.line(event.level, event.message.description, fields)) { dropped in
            self.line(.warning, "log lines dropped", [LogKey.count.rawValue: .stringConvertible(dropped)])
        }
    }

    private func line(_ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) -> String {
        let line = LogRecord(time: .now(), level: level, message: message, metadata: fields).line(self.format)
        return self.namesPriority ? "<\(level.priority)>" + line : line
    }
}

extension Logger.Level {
    /// As syslog(3) has it.
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}

extension Configuration.Log {
    /// Makes the daemon's logger: text or json as it is set, else by whether `output` is a terminal.
    ///
    /// - Parameters:
    ///   - output: where lines go.
    ///   - journal: what `JOURNAL_STREAM` says: where the output is that very stream, each line has its priority, so that
    ///     `journalctl -p warning` finds what it is to find.
    /// - Returns: A logger for all parts of the process.
    package func makeLogger(output: LogOutput = .standardError, journal: String? = nil) -> Logger {
        let format = self.format ?? (output.isTerminal ? .text : .json)
        let isJournal = output.isJournal(journal)
        return Logger(label: "brain") { _ in
            LineLogHandler(level: self.level, format: format, output: output, namesPriority: isJournal)
        }
    }
}
