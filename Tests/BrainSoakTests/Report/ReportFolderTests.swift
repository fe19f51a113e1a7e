import Foundation
import Testing

@testable import BrainSoak

struct ReportFolderTests {
    @Test func `it is named by the start, and a second one of the same second has a number`() throws {
        try Self.inScratch { parent in
            let start = Date(timeIntervalSince1970: 1_770_341_400)
            let paths = try (1...3).map { _ in try ReportFolder(below: parent, start: start).path }
            let names = ["", "-2", "-3"].map { "\(parent)/brain-soak-20260206-013000\($0)" }
            #expect(paths == names)
        }
    }

    @Test func `a file of the name is never taken for a folder`() throws {
        try Self.inScratch { parent in
            try Data().write(to: URL(fileURLWithPath: "\(parent)/brain-soak-19700101-000000"))
            let folder = try ReportFolder(below: parent, start: Date(timeIntervalSince1970: 0))
            #expect(folder.path.hasSuffix("-2"))
        }
    }

    @Test func `a report is rewritten in place, and nothing else is left there`() throws {
        try Self.inScratch { parent in
            var report = SoakReport.good()
            let folder = try ReportFolder(below: parent, start: report.startedAt)
            let end = report.endedAt
            report.endedAt = nil
            try folder.write(report.judged())
            #expect(try Self.object(folder)["verdict"] as? String == "running")
            report.endedAt = end
            try folder.write(report.judged())
            #expect(try Self.object(folder)["verdict"] as? String == "passed")
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(files == ["report.html", "report.json"])
        }
    }

    @Test func `below a folder that is not there it says so`() {
        #expect(throws: CocoaError.self) { try ReportFolder(below: "/nowhere/at/all", start: Date()) }
    }

    @Test func `the JSON has its schema, times by ISO 8601, and a word for what is no number`() throws {
        var report = SoakReport.good()
        report.counts.messagesPerSecond = .nan
        report.counts.leaves = ["closed 4008": 1]
        _ = report.faults.add(FaultRecord(at: 5, kind: "kill", description: "kill a backend"))
        let object = try Self.object(report.judged().json())
        #expect(object["schema"] as? Int == 2)
        #expect(object["startedAt"] as? String == "2026-02-06T01:30:00Z")
        let counts = try #require(object["counts"] as? [String: Any])
        #expect(counts["messagesPerSecond"] as? String == "nan")
        #expect((counts["leaves"] as? [String: Int]) == ["closed 4008": 1])
        #expect(((object["faults"] as? [String: Any])?["list"] as? [Any])?.count == 1)
        #expect((object["memory"] as? [String: Any])?["bound"] as? Double == 1.03)
        #expect((object["judgements"] as? [Any])?.count == SoakReport.good().judged().judgements.count)
    }

    private static func object(_ folder: ReportFolder) throws -> [String: Any] {
        try Self.object(Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/report.json")))
    }

    private static func object(_ data: Data) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private static func inScratch(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("brain-soak-test-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }
}
