@testable import BrainSoak

/// What a server sends, as bytes.
enum Wire {
    /// The head of a right 101.
    static let accepted = Array(
        """
        HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n
        """.utf8
    )

    /// A frame of any length, the shortest way (RFC 6455 §5.2).
    static func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let length = payload.count
        let size: [UInt8] =
            switch length {
            case ..<126: [UInt8(length)]
            case ..<65_536: [126] + Self.bigEndian(length, bytes: 2)
            default: [127] + Self.bigEndian(length, bytes: 8)
            }
        return [first] + size + payload
    }

    static func bigEndian(_ value: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * (bytes - 1 - $0))) }
    }

    static func text(_ message: String) -> [UInt8] { Self.frame(0x81, Array(message.utf8)) }

    static func ping(_ payload: [UInt8]) -> [UInt8] { Self.frame(0x89, payload) }

    static func close(_ code: Int) -> [UInt8] { Self.frame(0x88, Self.bigEndian(code, bytes: 2)) }

    /// A message as contract §3.1 has it, with fields behind the `progress`.
    static func message(_ step: RunStep, more: String = "") -> String {
        let type =
            switch step.status {
            case .completed: "run_complete"
            case .failed: "run_failed"
            case .queued, .running: "run_update"
            }
        return Self.message(
            type,
            "\"id\":\"\(step.id)\",\"status\":\"\(step.status)\",\"progress\":\(step.number)\(more)"
        )
    }

    static func message(_ type: String, _ data: String) -> String {
        "{\"type\":\"\(type)\",\"data\":{\(data)},\"timestamp\":\"2026-02-06T01:30:15.123Z\"}"
    }
}
