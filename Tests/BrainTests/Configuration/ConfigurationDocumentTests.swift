import Foundation
import Testing

@testable import Brain

/// `Docs/Configuration.md` against the table of settings and the exit codes.
struct ConfigurationDocumentTests {
    @Test func `the document's table is the table of settings`() throws {
        let head = ["| flag | environment | default | a value is | meaning |", "| --- | --- | --- | --- | --- |"]
        let table = (head + Setting.all.map(row)).joined(separator: "\n")
        #expect(try document().contains("\n\n\(table)\n\n"), "Docs/Configuration.md should have:\n\(table)")
    }

    @Test func `the document names every exit status`() throws {
        let lines = try document().split(separator: "\n")
        for status in ExitStatus.allCases {
            #expect(lines.contains { $0.hasPrefix("| \(status.rawValue) |") }, "\(status)")
        }
    }

    @Test func `no name is used twice`() {
        #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
        #expect(Set(Setting.all.map(\.environment)).count == Setting.all.count)
    }

    private func row(_ setting: Setting) -> String {
        let flag = setting.hasFlag ? "`--\(setting.name)`\(setting.takesSeveral ? " (repeat)" : "")" : ""
        let names = ([setting.environment] + setting.impliedBy).map { "`\($0)`" }.joined(separator: ", ")
        let meaning = setting.meaning + (setting.remark.map { ". \($0)" } ?? "")
        return "| \(flag) | \(names) | \(setting.defaultText) | \(setting.fits) | \(meaning) |"
    }

    private func document() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        return try String(contentsOf: root.appending(path: "Docs/Configuration.md"), encoding: .utf8)
    }
}
