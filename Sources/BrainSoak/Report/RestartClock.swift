import Foundation

/// Reads from the daemon's log how long each child was down: from "child failed" to "child started".
///
/// The log must be in JSON and at level debug: that a child has started is said there. Lines that are broken or tell of
/// something else are passed over.
struct RestartClock: Sendable {
    private var children: [String: Outages] = [:]
    private var capture = Outages()
    /// When states may have gone by unseen.
    private(set) var gaps = StreamGaps()
    private var sessions = 0
    private var evictions = 0

    /// One of them is in each line that counts: reading all others as JSON would cost more than all the rest.
    private static let words = ["\"child", "\"session ", "\"capture ", "dropped", "\"looking at ", "\"a better "]
    /// Children without which no change comes through.
    private static let passage: Set<String> = ["change-feed", "runs-repository"]
    /// Names of children that are told apart, at most: the tree has eight.
    private static let mostChildren = 64

    /// Takes a line of the log.
    mutating func hear(_ line: String) {
        guard Self.words.contains(where: line.contains), let line = DaemonLogLine(line) else { return }
        switch line.message {
        case "session restarted": self.sessions += 1
        case "session evicted": self.evictions += 1
        // What was in them may be the end of an outage, which would then last until the next one.
        case "log lines dropped": self.forgetOutages()
        case "capture lost, trying again": self.captureFailed(line)
        case "capture connected": self.captureStarted(line)
        case "looking at the whole table", "a better capture can be had now":
            self.gaps.began("capture", at: line.milliseconds)
        default: self.hearOfChild(line)
        }
    }

    /// Whoever is down now doesn't come back within what is heard.
    private mutating func forgetOutages() {
        for name in self.children.keys { self.children[name]?.forget() }
        self.capture.forget()
        self.gaps.wentBlind()
    }

    private mutating func captureFailed(_ line: DaemonLogLine) {
        self.capture.failed(at: line.milliseconds)
        self.gaps.began("capture", at: line.milliseconds)
    }

    /// A lesser capture than the stream is one long gap.
    private mutating func captureStarted(_ line: DaemonLogLine) {
        self.capture.started(at: line.milliseconds)
        self.gaps.ended("capture", at: line.milliseconds)
        if line.capture != "wal" { self.gaps.began("capture", at: line.milliseconds) }
    }

    /// Restarts of children and sessions so far.
    var total: Int { self.children.values.reduce(self.sessions) { $0 + $1.whole.count } }

    /// What is known so far.
    var summary: RestartSummary {
        RestartSummary(
            children: self.children.mapValues(\.summary).filter { $0.value != ChildRestarts() },
            sessions: self.sessions,
            evictions: self.evictions,
            capture: self.capture.whole.summary
        )
    }

    private mutating func hearOfPassage(_ child: String, _ line: DaemonLogLine) {
        switch line.message {
        case "child failed", "child gives no sign of life": self.gaps.began(child, at: line.milliseconds)
        case "child started": self.gaps.ended(child, at: line.milliseconds)
        default: break
        }
    }

    private mutating func hearOfChild(_ line: DaemonLogLine) {
        guard let child = line.child, self.isToldApart(child) else { return }
        if Self.passage.contains(child) { self.hearOfPassage(child, line) }
        switch line.message {
        case "child failed": self.children[child, default: Outages()].failed(at: line.milliseconds, by: line.error)
        case "child restarts": self.children[child]?.pauses(line.pauseMilliseconds)
        case "child started": self.children[child]?.started(at: line.milliseconds)
        case "child gives no sign of life": self.children[child, default: Outages()].wentSilent()
        default: break
        }
    }

    private func isToldApart(_ child: String) -> Bool {
        self.children[child] != nil || self.children.count < Self.mostChildren
    }
}

/// The outages of one part, each from its first failure until it runs again.
private struct Outages: Sendable {
    /// Milliseconds of all outages, pauses included.
    private(set) var whole = RecentValues()
    private var own = RecentValues()
    private var planted = 0
    private var silences = 0
    private var failedAt: Double?
    private var paused = 0.0

    /// A start that fails in its turn prolongs the outage.
    mutating func failed(at milliseconds: Double, by error: String? = nil) {
        if error == "a planted fault" { self.planted += 1 }
        self.failedAt = self.failedAt ?? milliseconds
    }

    mutating func pauses(_ milliseconds: Double) { self.paused += milliseconds }

    mutating func wentSilent() { self.silences += 1 }

    /// A wall clock that was set back makes an outage of nothing.
    mutating func started(at milliseconds: Double) {
        guard let failedAt = self.failedAt else { return }
        self.whole.add(max(0, milliseconds - failedAt))
        self.own.add(max(0, milliseconds - failedAt - self.paused))
        self.forget()
    }

    mutating func forget() {
        self.failedAt = nil
        self.paused = 0
    }

    var summary: ChildRestarts {
        ChildRestarts(
            count: self.whole.count,
            planted: self.planted,
            silences: self.silences,
            whole: self.whole.summary,
            own: self.own.summary
        )
    }
}

/// What the clock reads of a line of the daemon's log.
private struct DaemonLogLine {
    let message: String
    /// Of the wall clock, since 1970.
    let milliseconds: Double
    let child: String?
    let error: String?
    let capture: String?
    private let reason: String?

    init?(_ text: String) {
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(text.utf8)),
            let time = try? Date(fields.time, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        else { return nil }
        (self.message, self.child) = (fields.message, fields.child)
        (self.error, self.capture, self.reason) = (fields.error, fields.capture, fields.reason)
        self.milliseconds = (time.timeIntervalSince1970 * 1000).rounded()
    }

    /// Of a reason such as "after 87 ms"; 0 of any other.
    var pauseMilliseconds: Double {
        let words = (self.reason ?? "").split(separator: " ")
        guard words.count == 3, words[0] == "after", words[2] == "ms" else { return 0 }
        return Int(words[1]).map(Double.init) ?? 0
    }

    private struct Fields: Decodable {
        let time: String
        let message: String
        let child: String?
        let error: String?
        let capture: String?
        let reason: String?
    }
}
