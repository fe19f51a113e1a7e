import Foundation
import Testing

@testable import BrainSoak

struct HTMLReportTests {
    @Test(arguments: [("✓ Passed", true), ("✗ Failed", false)])
    func `the verdict stands at the top, in words`(_ words: String, _ isGood: Bool) throws {
        var report = SoakReport.good()
        if !isGood { report.losses.add(kind: "missing", "client 3 was never told of soak-000001") }
        let text = HTMLReport(report.judged()).text
        let header = try #require(text.range(of: "</header>"))
        #expect(text[..<header.lowerBound].contains(words))
        #expect(text.contains("client 3 was never told") == !isGood)
    }

    @Test func `what comes from outside is never markup`() {
        let text = HTMLReport(Self.report(saying: "<script>alert('x')</script>&\"").judged()).text
        #expect(!text.contains("<script"))
        #expect(text.components(separatedBy: "&lt;script&gt;").count > 6)
    }

    @Test func `it needs nothing from anywhere, and no script`() {
        let text = HTMLReport(Self.report(saying: "words").judged()).text
        for word in ["http://", "https://", "<script", "src=", "url(", "@import", "javascript:"] {
            #expect(!text.contains(word), "\(word)")
        }
    }

    @Test func `it has a plot for each thing that is watched, and marks of the faults`() {
        let text = HTMLReport(Self.report(saying: "words").judged()).text
        #expect(text.components(separatedBy: "role=\"img\"").count - 1 == 5)
        #expect(text.contains("00:05 words"))
    }

    @Test func `it is well-formed`() throws {
        let text = HTMLReport(Self.report(saying: "a & b < c \u{1}").judged()).text
        let body = try #require(text.range(of: "<body>"))
        let (isWhole, names) = XMLNames.read(text[body.lowerBound...].replacing("</html>", with: ""))
        #expect(isWhole)
        #expect(names.contains("details"))
    }

    @Test func `no line ends within a number`() {
        #expect(HTML.text("1 000 runs in 5 s") == "1\u{a0}000 runs in 5 s")
        #expect(HTML.text(" 1 ") == " 1 ")
    }

    @Test func `a report of nothing can be read`() {
        var report = SoakReport(setup: .sample(), startedAt: Date(timeIntervalSince1970: 0))
        report.judge()
        let text = HTMLReport(report).text
        #expect(text.contains("Running"))
        #expect(!text.contains("nan"))
    }

    @Test func `no more than the first losses are listed, and how many more there are`() {
        var report = SoakReport.good()
        for number in 1...300 { report.losses.add(kind: "missing", "loss \(number)!") }
        let text = HTMLReport(report.judged()).text
        #expect(text.contains("loss 200!"))
        #expect(!text.contains("loss 201!"))
        #expect(text.contains("100 more aren't listed"))
    }

    private static func report(saying text: String) -> SoakReport {
        var report = SoakReport.good()
        report.losses.add(kind: text, text)
        report.findings.saw(text, at: 3)
        _ = report.faults.add(FaultRecord(at: 5, kind: text, description: text, recoveredAfterMs: 4))
        report.restarts.children[text] = .sample(ownP99: 3)
        report.ending.daemonEnded = text
        report.latency.byFault[text] = LatencySummary(of: [1])
        for second in 1...9 { report.samples.add(Sample(second: second, residentMiB: 60, sessions: 10)) }
        return report
    }
}
