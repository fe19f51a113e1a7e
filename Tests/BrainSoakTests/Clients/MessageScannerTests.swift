import Testing

@testable import BrainSoak

struct MessageScannerTests {
    private static let steps = [
        RunStep(run: 0, number: 1, status: .queued), RunStep(run: 42, number: 17, status: .running),
        RunStep(run: 99, number: 123_456_789, status: .completed), RunStep(run: 7, number: 3, status: .failed),
    ]
    private static let scanner = MessageScanner(runs: 100)

    private func scan(_ message: String) -> MessageScanner.Finding {
        self.scan(Array(message.utf8))
    }

    private func scan(_ bytes: [UInt8]) -> MessageScanner.Finding {
        bytes.withUnsafeBytes { Self.scanner.scan($0) }
    }

    private func violation(_ message: String) -> String? {
        if case .violation(let violation) = self.scan(message) { violation.text } else { nil }
    }

    @Test(arguments: Self.steps)
    func `a message tells its step`(_ step: RunStep) {
        #expect(self.scan(Wire.message(step)) == .step(step))
    }

    @Test(arguments: Self.steps)
    func `what stands behind the progress changes nothing`(_ step: RunStep) {
        let more = ",\"task_id\":\"t-9\",\"error\":\"it said \\\"progress\\\":4}\""
        #expect(self.scan(Wire.message(step, more: more)) == .step(step))
    }

    @Test func `a message that is cut off is a violation wherever the cut is`() {
        let message = Array(Wire.message(Self.steps[1]).utf8)
        for count in message.indices {
            guard case .violation = self.scan(Array(message[..<count])) else {
                Issue.record("cut at \(count)")
                continue
            }
        }
    }

    @Test(arguments: ["15.123Z\"} ", "15.123z\"}", "15.1234Z\"}", "15Z\"}"])
    func `a message with another end is a violation`(_ end: String) {
        let message = Wire.message(Self.steps[1]).replacing("15.123Z\"}", with: end)
        #expect(self.violation(message)?.hasPrefix("a message without its end: ") == true)
    }

    @Test func `a message with one wrong byte never traps, and tells no run that isn't there`() {
        let message = Array(Wire.message(Self.steps[1]).utf8)
        for (place, byte) in message.indices.flatMap({ place in (0...255).map { (place, UInt8($0)) } }) {
            var changed = message
            changed[place] = byte
            if case .step(let step) = self.scan(changed) { #expect(step.run < 100) }
        }
    }

    @Test(arguments: [
        ("run_complete", "running"), ("run_failed", "completed"), ("run_update", "failed"), ("run_update", "completed"),
    ])
    func `a type that isn't the status's is a violation`(_ type: String, _ status: String) {
        let data = "\"id\":\"soak-000001\",\"status\":\"\(status)\",\"progress\":1"
        #expect(self.violation(Wire.message(type, data))?.hasPrefix("another type's status: ") == true)
    }

    @Test(arguments: [
        "\"id\":\"soak-000001\",\"status\":\"running\"", "\"id\":\"soak-00001\",\"status\":\"running\",\"progress\":1",
        "\"id\":\"soak-0000001\",\"status\":\"running\",\"progress\":1",
        "\"id\":\"soak-000001\",\"status\":\"paused\",\"progress\":1",
        "\"id\":\"soak-000001\",\"status\":\"running\",\"progress\":1.5",
        "\"id\":\"soak-000001\",\"status\":\"running\",\"progress\":-1",
        "\"id\":\"soak-000001\",\"status\":\"running\",\"progress\":1234567890123456789",
        "\"id\":\"soak-000001\",\"progress\":1,\"status\":\"running\"",
    ])
    func `data of another shape is a violation`(_ data: String) {
        #expect(self.violation(Wire.message("run_update", data))?.hasPrefix("a message of another shape: ") == true)
    }

    @Test(arguments: ["soak-000100", "other", "Soak-000001", "", "zoak-000001"])
    func `a run that nobody writes is a violation`(_ id: String) {
        let message = Wire.message("run_update", "\"id\":\"\(id)\",\"status\":\"running\",\"progress\":1")
        #expect(self.violation(message)?.hasPrefix("a run that nobody wrote: ") == true)
    }

    @Test(arguments: ["", "{}", "{\"type\":\"pong\",\"timestamp\":\"2026-02-06T01:30:15.123Z\"}"])
    func `what is no message of a run is a violation`(_ message: String) {
        #expect(self.violation(message) == "no message of a run: \(message)")
    }

    @Test func `a violation cites the first bytes, escaped`() {
        let message = "\u{1}\\é" + String(repeating: "x", count: 200)
        let cited = "\\x01\\\\\\xc3\\xa9" + String(repeating: "x", count: MessageScanner.cited - 4)
        #expect(self.violation(message) == "no message of a run: \(cited)")
    }
}
