/// The JSON texts that Brain sends (contract §3.1, §3.4, §3.5), each the payload of one frame.
package enum RunMessage {
    /// What a message adds to the run's `data`, in bytes, at most.
    static let envelope = 80

    /// The message of a change: its `type` follows from the status.
    ///
    /// - Parameters:
    ///   - state: What the run has become.
    ///   - timestamp: Milliseconds since 1970, when the message is made.
    /// - Returns: UTF-8, one JSON object.
    package static func text(_ state: RunState, timestamp: Int64) -> [UInt8] {
        switch state.status {
        case .queued, .running: self.typed("run_update", data: state.data, timestamp: timestamp)
        case .completed: self.typed("run_complete", data: state.data, timestamp: timestamp)
        case .failed: self.typed("run_failed", data: state.data, timestamp: timestamp)
        }
    }

    /// One run of a snapshot: a `run_update` whatever its status; `timestamp` as in ``text(_:timestamp:)``.
    package static func snapshot(_ state: RunState, timestamp: Int64) -> [UInt8] {
        self.typed("run_update", data: state.data, timestamp: timestamp)
    }

    /// The end of a snapshot that held `runs` messages; `timestamp` as in ``text(_:timestamp:)``.
    package static func snapshotEnd(runs: Int, timestamp: Int64) -> [UInt8] {
        self.typed("snapshot_end", data: "{\"runs\":\(runs)}", timestamp: timestamp)
    }

    /// The answer to a client's ping in JSON: by `event` where it asked so, else by `type`.
    package static func pong(event: Bool, timestamp: Int64) -> [UInt8] {
        let key = event ? "event" : "type"
        return Array("{\"\(key)\":\"pong\",\"timestamp\":\"\(WireTime.text(milliseconds: timestamp))\"}".utf8)
    }

    private static func typed(_ type: String, data: String, timestamp: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.utf8.count + self.envelope)
        bytes.append(contentsOf: "{\"type\":\"".utf8)
        bytes.append(contentsOf: type.utf8)
        bytes.append(contentsOf: "\",\"data\":".utf8)
        data.withBytes { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: ",\"timestamp\":\"".utf8)
        bytes.append(contentsOf: WireTime.text(milliseconds: timestamp).utf8)
        bytes.append(contentsOf: "\"}".utf8)
        return bytes
    }
}
