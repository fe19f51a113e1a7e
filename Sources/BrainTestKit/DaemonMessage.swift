import NIOCore
import Postgres

/// A message of contract §3.1, taken apart by its very bytes: another order, another key or a space is no message.
package struct DaemonMessage: Sendable, Equatable, CustomStringConvertible {
    /// `run_update`, `run_complete`, `run_failed` or `snapshot_end`.
    package let type: String
    /// The JSON text of `data`.
    package let data: String
    /// When the daemon made it.
    package let timestamp: String

    /// Nil where the text isn't built as the contract has it.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.head), text.hasSuffix("\"}") else { return nil }
        guard let data = text.firstRange(of: "\",\"data\":"), let end = text.ranges(of: Self.timestampKey).last,
            data.upperBound <= end.lowerBound
        else { return nil }
        self.type = String(text[..<data.lowerBound].dropFirst(Self.head.count))
        self.data = String(text[data.upperBound..<end.lowerBound])
        self.timestamp = String(text[end.upperBound...].dropLast(2))
        guard Self.isTimestamp(self.timestamp) else { return nil }
    }

    private static let head = "{\"type\":\""
    private static let timestampKey = ",\"timestamp\":\""

    /// The members of `data`.
    package var fields: DaemonJSON { (try? DaemonJSON(parsing: self.data)) ?? .null }

    /// The run's id.
    package var id: String { self.fields["id"]?.text ?? "" }

    /// The run's progress, as a whole number; nil where it has none.
    package var progress: Int? { self.fields["progress"]?.number.map { Int($0) } }

    /// Type and data, as a test compares them.
    package var description: String { "\(self.type) \(self.data)" }

    /// `2026-02-06T01:30:15.123Z`, and nothing like it.
    private static func isTimestamp(_ text: String) -> Bool {
        let shape = text.map { $0.isASCII && $0.isNumber ? "0" : String($0) }.joined()
        return shape == "0000-00-00T00:00:00.000Z"
    }
}

extension WebSocketClient {
    /// Sends frames in one write.
    package func send(_ frames: [WebSocketClientFrame]) async throws(WebSocketClientError) {
        var bytes = ByteBuffer()
        for frame in frames { bytes.writeImmutableBuffer(frame.bytes) }
        try await self.send(bytes)
    }

    /// The next message; anything else that comes, pings apart, is an error.
    package func nextMessage(within deadline: Duration = patience) async throws -> DaemonMessage {
        let text = try await self.nextText(within: deadline)
        guard let message = DaemonMessage(text) else { throw DaemonHarnessError.malformed(text) }
        return message
    }

    /// All messages up to the first that satisfies, with that.
    package func messages(until isLast: (DaemonMessage) -> Bool) async throws -> [DaemonMessage] {
        var messages: [DaemonMessage] = []
        while true {
            let message = try await self.nextMessage()
            messages.append(message)
            if isLast(message) { return messages }
        }
    }
}

extension DaemonHarness {
    /// Makes sure that all is pushed that is to be pushed, by two runs that come after it, one after the other.
    ///
    /// A look that finds the first of them has found whatever was committed before; what that look found is pushed before
    /// what the look at the second one finds.
    ///
    /// - Parameter client: has taken all messages of an earlier call.
    /// - Returns: the messages that came apart from those two.
    /// - Throws: where the two don't come.
    package func settled(_ client: WebSocketClient) async throws -> [DaemonMessage] {
        var messages: [DaemonMessage] = []
        for _ in 1...2 {
            let rows = try await self.writer.query(
                "INSERT INTO runs (id) VALUES ('mark-' || txid_current()) RETURNING id"
            )
            let mark = rows[0, 0]
            messages += try await client.messages { $0.id == mark }.dropLast()
        }
        // What a test then does to all runs is not to bring them back.
        try await self.sql("DELETE FROM runs WHERE id LIKE 'mark-%'")
        return messages
    }
}
