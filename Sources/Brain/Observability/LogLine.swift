import Glibc
import Logging

/// What is logged at once, before it has a form.
struct LogRecord {
    let time: LogTime
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata

    /// The record as a line, with its newline.
    ///
    /// Fields come by key; those for which no room is left are left out.
    func line(_ format: LogFormat) -> String {
        switch format {
        case .text: self.textLine()
        case .json: self.jsonLine()
        }
    }

    /// The most bytes of a line: what a pipe takes as one (PIPE_BUF of Linux, pipe(7)).
    static let limitBytes = 4096

    private func textLine() -> String {
        let level = self.level.rawValue.padded(to: 8)
        let head = "\(self.time.short) \(level) \(LogText.shown(self.message))"
        return self.adding({ key, value in " \(key)=\(Self.text(value))" }, to: head, end: "\n")
    }

    private func jsonLine() -> String {
        let head =
            "{\"time\":\"\(self.time.universal)\",\"level\":\"\(self.level.rawValue)\",\"message\":"
            + LogText.quoted(LogText.cut(Redaction.redacted(self.message)))
        let field = { (key: String, value: Logger.MetadataValue) in ",\(LogText.quoted(key)):\(Self.json(value))" }
        return self.adding(field, to: head, end: "}\n")
    }

    private func adding(_ field: (String, Logger.MetadataValue) -> String, to head: String, end: String) -> String {
        var line = head
        for (key, value) in self.metadata.sorted(by: { $0.key < $1.key }) {
            let text = field(LogText.cut(key), value)
            guard line.utf8.count + text.utf8.count + end.utf8.count <= Self.limitBytes else { continue }
            line += text
        }
        return line + end
    }

    /// Bare where it is one plain word, in quotes else, so that a value can't be taken for another field.
    private static func text(_ value: Logger.MetadataValue) -> String {
        let text = LogText.cut(Redaction.redacted("\(value)"))
        let isPlain = !text.isEmpty && text.unicodeScalars.allSatisfy(isPlain)
        return isPlain ? text : LogText.quoted(text)
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        let isMark = "\"\\=".unicodeScalars.contains(scalar)
        return !isMark && !LogText.isControl(scalar) && !scalar.properties.isWhitespace
    }

    private static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .stringConvertible(let number as any BinaryInteger): "\(number)"
        case .stringConvertible(let other): quoted(other.description)
        case .array(let values): "[" + values.map(json).joined(separator: ",") + "]"
        case .dictionary(let fields): "{" + members(fields).joined(separator: ",") + "}"
        }
    }

    private static func members(_ fields: Logger.Metadata) -> [String] {
        fields.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(json($0.value))" }
    }

    private static func quoted(_ text: String) -> String {
        LogText.quoted(LogText.cut(Redaction.redacted(text)))
    }
}

/// A moment of the wall clock.
struct LogTime {
    let secondsSinceEpoch: Int
    let milliseconds: Int

    /// The moment at which it is called.
    static func now() -> LogTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(secondsSinceEpoch: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    /// The time of day where the machine is.
    var short: String { self.text("%H:%M:%S", localtime_r) }

    /// Date and time in UTC by RFC 3339.
    var universal: String { self.text("%Y-%m-%dT%H:%M:%S", gmtime_r) + "Z" }

    private typealias Calendar = (UnsafePointer<time_t>, UnsafeMutablePointer<tm>) -> UnsafeMutablePointer<tm>?

    private func text(_ format: String, _ calendar: Calendar) -> String {
        var seconds: time_t = self.secondsSinceEpoch
        var fields = tm()
        _ = calendar(&seconds, &fields)
        let text = String(unsafeUninitializedCapacity: 32) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { strftime($0.baseAddress, $0.count, format, &fields) }
        }
        let fraction = String(self.milliseconds)
        return text + "." + String(repeating: "0", count: max(0, 3 - fraction.count)) + fraction
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - self.count))
    }
}
