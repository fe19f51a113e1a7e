import Testing

@testable import BrainSoak

struct LogTroublesTests {
    private func texts(_ lines: String..., mayExhaustSession: Bool = false, build: SoakBuild = .release) -> [String] {
        var troubles = LogTroubles(mayExhaustSession: mayExhaustSession, build: build)
        for line in lines { troubles.hear(line[...], at: 7) }
        return troubles.findings.findings.map(\.text)
    }

    private static func line(_ level: String, _ message: String, _ fields: String = "") -> String {
        #"{"time":"2026-02-06T01:30:00.000Z","level":"\#(level)","message":"\#(message)"\#(fields)}"#
    }

    private static let abandoned = Self.line("error", "child did not stop in time", #","child":"broadcaster""#)
    private static let evicted = Self.line("error", "session evicted", #","session":"s-1","reason":"failed too often""#)
    private static let silent = Self.line("error", "a part of the process gives no answer", #","part":"loop 0""#)

    @Test(arguments: [
        Self.line("error", "child failed", #","child":"auditor","error":"a planted fault""#),
        Self.line("error", "child failed", #","child":"auditor","error":"gave no sign of life for 10 s""#),
        Self.line("error", "child gives no sign of life", #","child":"auditor""#),
        Self.line("warning", "capture lost, trying again", #","error":"the connection was lost""#), "",
    ])
    func `what faults lead to is no trouble`(_ line: String) {
        #expect(self.texts(line).isEmpty)
    }

    @Test(arguments: [
        (
            Self.line("error", "child failed", #","child":"auditor","error":"it returned""#),
            "log: child failed: auditor: it returned"
        ),
        (
            Self.line("critical", "child failed too often", #","child":"auditor","error":"a planted fault""#),
            "log: child failed too often: auditor: a planted fault"
        ),
        (
            Self.line("error", "request failed", #","path":"/api/runs","reason":"no rows""#),
            "log: request failed: no rows"
        ),
        ("Fatal error: Index out of range", "log: Fatal error: Index out of range"),
        (#"{"level":"error","#, #"log: {"level":"error","#),
        (Self.abandoned, "log: child did not stop in time: broadcaster"),
        (Self.evicted, "log: session evicted: failed too often"),
        (Self.silent, "log: a part of the process gives no answer"),
    ])
    func `an error that no fault explains is a finding`(_ line: String, _ text: String) {
        #expect(self.texts(line) == [text])
    }

    @Test func `a child that hangs as it was told needn't stop in time, until it runs again`() {
        let hang = Self.line("warning", "fault planted", #","child":"broadcaster","reason":"hang""#)
        let started = Self.line("debug", "child started", #","child":"broadcaster""#)
        #expect(self.texts(hang, Self.abandoned).isEmpty)
        #expect(self.texts(hang, Self.abandoned, started, Self.abandoned).count == 1)
    }

    @Test func `where chance may fail a session so often, it may be given up`() {
        #expect(self.texts(Self.evicted, mayExhaustSession: true).isEmpty)
    }

    @Test func `in a debug build a part without an answer is counted, and no finding`() {
        var troubles = LogTroubles(build: .debug)
        troubles.hear(Self.silent[...], at: 7)
        #expect(troubles.findings.count == 0 && troubles.silentParts == 1)
    }

    @Test func `lines that were dropped are noticed`() {
        var troubles = LogTroubles()
        troubles.hear(Self.line("warning", "log lines dropped", #","count":3"#)[...], at: 7)
        #expect(troubles.hasDroppedLines)
    }

    @Test func `the same error is kept once, and counted`() {
        #expect(self.texts(Self.evicted, Self.evicted) == ["log: session evicted: failed too often"])
    }
}
