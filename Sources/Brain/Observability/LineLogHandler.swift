package import Logging

/// A swift-log backend that makes a line of each event.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat
    private let output: LogOutput

    init(level: Logger.Level, format: LogFormat, output: LogOutput) {
        self.logLevel = level
        self.format = format
        self.output = output
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
        LogRecord(time: .now(), level: level, message: message, metadata: fields).line(self.format)
    }
}

extension Configuration.Log {
    /// Makes the daemon's logger: text or json as it is set, else by whether `output` is a terminal.
    package func makeLogger(output: LogOutput = .standardError) -> Logger {
        let format = self.format ?? (output.isTerminal ? .text : .json)
        return Logger(label: "brain") { _ in LineLogHandler(level: self.level, format: format, output: output) }
    }
}
