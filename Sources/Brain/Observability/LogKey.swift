package import Logging

/// The keys of what Brain logs beside its messages: one word for one thing.
package enum LogKey: String, Sendable {
    /// An address with its port, of ours.
    case address
    /// What to look at, and what is done about it.
    case advice
    /// How changes are found: wal, notify or poll.
    case capture
    /// A member of the supervision tree, by its id.
    case child
    /// A WebSocket close code.
    case code
    /// How many.
    case count
    /// What failed, in the words of the one who said it.
    case error
    /// The name of a setting, or of a variable of the environment.
    case name
    /// A part of the process that is watched: an event loop or the supervisor.
    case part
    /// A file or directory.
    case path
    /// A client's address with its port.
    case peer
    /// A port of ours.
    case port
    /// Why, in our words.
    case reason
    /// A run, by its id.
    case run
    /// A session, by its id.
    case session
    /// A word of a column that Brain doesn't know.
    case word
}

extension Logger {
    /// Logs a constant message, with what varies in fields.
    ///
    /// - Parameters:
    ///   - level: How much it matters.
    ///   - message: The same words each time.
    ///   - fields: What varies; made only where the level is logged.
    ///   - file: The file that logs.
    ///   - function: The function that logs.
    ///   - line: The line that logs.
    package func log(
        _ level: Level,
        _ message: @autoclosure () -> Message,
        _ fields: @autoclosure () -> [LogKey: MetadataValue] = [:],
        file: String = #fileID,
        function: String = #function,
        line: UInt = #line
    ) {
        self.log(
            level: level,
            message(),
            // Safety: two keys have two names.
            metadata: Metadata(uniqueKeysWithValues: fields().map { ($0.key.rawValue, $0.value) }),
            file: file,
            function: function,
            line: line
        )
    }
}
