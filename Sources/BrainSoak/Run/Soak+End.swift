import BrainTestKit
import Foundation
import Postgres

// MARK: The end
extension Soak {
    /// How long may pass after the last change until every client knows the table, beside what slow ones take to read it.
    private static let settlePatience = Duration.seconds(90)
    /// A slow client reads about 100 messages a second.
    private static let slowReading = Duration.milliseconds(10)
    /// How long the clients may take to leave, and the daemon to notice.
    private static let leavePatience = Duration.seconds(30)
    /// A finding stands after 5 s.
    private static let auditPause = Duration.seconds(6)

    /// Waits until every client knows the last changes, and holds what they know against the table.
    ///
    /// Whoever isn't there would know it by default.
    func settle(_ site: SoakSite, _ book: SoakBook, _ crowd: ClientCrowd) async throws {
        guard site.daemon.end == nil else { return }
        let isSettled = try await Self.comes(within: Self.settlePatience + Self.slowReading * self.plan.runs) {
            let unsettled = book.oracle.withLock { oracle in
                oracle.look(now: .now)
                return oracle.unsettled()
            }
            let steady = crowd.census.byKind[.steady] ?? CrowdCensus.Share()
            guard unsettled == 0, steady.joined == steady.all else { return false }
            guard let capture = await site.api.capture() else { return false }
            return CaptureFigures.isAsGood(capture, as: book.note { $0.setup.capture })
        }
        let connection = try await site.database.connect()
        let table = try await connection.steps()
        await connection.close()
        let longestRound = crowd.census.longestRound / .seconds(1)
        book.note { $0.presence.longestRoundSeconds = longestRound }
        let complaints = book.oracle.withLock { oracle in
            oracle.complaints(against: table.mapValues { ($0.number, $0.status) })
        }
        book.lost(complaints)
        book.judgeUnheardEnds(site.restarts.gaps, isLast: true)
        if !isSettled {
            book.note {
                $0.ending.unsettled =
                    "clients had not heard the last changes, or weren't there, or the capture wasn't the first"
            }
        }
    }

    /// Has the clients leave, and looks at what the daemon still holds of them.
    func leave(_ site: SoakSite, _ book: SoakBook, _ crowd: ClientCrowd) async throws {
        guard site.daemon.end == nil else { return }
        crowd.leave()
        let api = site.api
        let areGone = try await Self.comes(within: Self.leavePatience) {
            let count = try? await api.json("/api/debug/sessions?limit=1")["count"]?.number
            return crowd.census.gone == crowd.census.all && count == 0
        }
        let bound = book.note { $0.descriptors.beforeClients } ?? 0
        _ = try await Self.comes(within: Self.leavePatience) {
            (ProcessFacts.descriptors(of: site.daemon.pid) ?? 0) <= bound
        }
        let sessions = try? await api.json("/api/debug/sessions?limit=1")["count"]?.number
        let descriptors = await site.calmDescriptors()
        book.note { report in
            report.objects.sessions = sessions.map { Int($0) }
            report.descriptors.afterClients = descriptors?.values.reduce(0, +)
            report.descriptors.kindsAfter = descriptors ?? [:]
            if !areGone { report.ending.unsettled = report.ending.unsettled ?? "clients were not gone in time" }
        }
        try await self.auditAtTheEnd(site, book)
    }

    /// Two audits, so far apart that what both find stands.
    private func auditAtTheEnd(_ site: SoakSite, _ book: SoakBook) async throws {
        for number in 1...2 {
            if number > 1 { try await Task.sleep(for: Self.auditPause) }
            let isMade = try await Self.comes(within: Self.leavePatience) {
                guard let audit = try? await site.api.audit() else { return false }
                book.audited(audit, at: Int(book.seconds))
                return true
            }
            guard isMade else {
                return book.note { $0.ending.unsettled = $0.ending.unsettled ?? "the Auditor made no round at the end" }
            }
        }
    }

    func judged(_ draft: SoakReport) -> SoakReport {
        var report = draft
        report.endedAt = Date()
        report.judge()
        return report
    }

    func conclude(_ draft: SoakReport, in folder: ReportFolder) throws -> Bool {
        let report = self.judged(draft)
        for line in report.lines { self.screen.say(line) }
        try folder.write(report)
        self.screen.say("report: \(folder.path)/report.html")
        return report.verdict == .passed
    }

    /// Whether something comes about in time.
    private static func comes(within patience: Duration, _ isThere: () async throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + patience
        while try await !isThere() {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(100))
        }
        return true
    }
}
