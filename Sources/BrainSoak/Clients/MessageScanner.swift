/// Reads the messages of the soak's runs by the places of their bytes (contract §3.1), without parsing JSON.
struct MessageScanner: Sendable {
    /// What a message is.
    enum Finding: Equatable {
        case step(RunStep)
        case violation(WireViolation)
    }

    /// The bytes of a message that a violation cites.
    static let cited = 120

    private let runs: Int
    private let idPrefix = Array(RunStep.idPrefix.utf8)

    /// - Parameter runs: how many the writers have: a message of another is a violation.
    init(runs: Int) {
        self.runs = runs
    }

    /// Reads one message.
    func scan(_ message: UnsafeRawBufferPointer) -> Finding {
        var cursor = MessageCursor(message)
        guard let type = cursor.type(), cursor.skip("\",\"data\":{\"id\":\"") else {
            return Self.violation("no message of a run", message)
        }
        guard Self.hasEnd(message) else { return Self.violation("a message without its end", message) }
        guard cursor.skip(self.idPrefix) else { return Self.violation("a run that nobody wrote", message) }
        guard let step = Self.step(&cursor) else { return Self.violation("a message of another shape", message) }
        guard step.run < self.runs else { return Self.violation("a run that nobody wrote", message) }
        guard type == MessageType(of: step.status) else { return Self.violation("another type's status", message) }
        return .step(step)
    }

    /// What stands behind the id's prefix, up to and with `progress`.
    private static func step(_ cursor: inout MessageCursor) -> RunStep? {
        guard
            let run = cursor.number(exactly: RunStep.digits), cursor.skip("\",\"status\":\""),
            let status = cursor.status(), cursor.skip("\",\"progress\":"),
            let number = cursor.number(), cursor.isAtValuesEnd
        else { return nil }
        return RunStep(run: run, number: number, status: status)
    }

    /// Whether it ends in its timestamp, whose length is fixed.
    private static func hasEnd(_ message: UnsafeRawBufferPointer) -> Bool {
        var cursor = MessageCursor(message, at: message.count - 41)
        guard cursor.skip("},\"timestamp\":\"") else { return false }
        cursor = MessageCursor(message, at: message.count - 3)
        return cursor.skip("Z\"}")
    }

    private static func violation(_ what: String, _ message: UnsafeRawBufferPointer) -> Finding {
        .violation(WireViolation(text: "\(what): \(self.escaped(message.prefix(self.cited)))"))
    }

    private static func escaped(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        bytes.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "\\"): text += "\\\\"
            case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16)
            }
        }
    }
}
