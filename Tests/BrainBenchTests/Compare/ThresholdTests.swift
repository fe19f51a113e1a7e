import Foundation
import Testing

@testable import BrainBench

struct ThresholdTests {
    @Test(arguments: [(Threshold.Kind.atMost, 1.1, true), (.atMost, 1.2, true), (.atMost, 1.3, false)])
    func `at most lets through what is no greater`(kind: Threshold.Kind, value: Double, holds: Bool) {
        #expect(Threshold(name: "growth", kind: kind, bound: 1.2).holds(for: value) == holds)
    }

    @Test(arguments: [(Threshold.Kind.atLeast, 3.9, false), (.atLeast, 4, true), (.atLeast, 4.1, true)])
    func `at least lets through what is no less`(kind: Threshold.Kind, value: Double, holds: Bool) {
        #expect(Threshold(name: "connects", kind: kind, bound: 4).holds(for: value) == holds)
    }

    @Test(arguments: [Threshold.Kind.atMost, .atLeast])
    func `what isn't a number keeps no threshold`(kind: Threshold.Kind) {
        #expect(!Threshold(name: "growth", kind: kind, bound: 1).holds(for: .nan))
    }

    @Test(
        arguments: [
            "", "{}", #"[{"name":"growth","kind":"at-most"}]"#, #"[{"name":"growth","kind":"below","bound":1}]"#,
            #"[{"name":"groth","kind":"at-most","bound":1}]"#,
            #"[{"name":"growth","kind":"at-most","bound":1},{"name":"growth","kind":"at-most","bound":2}]"#,
        ]
    )
    func `a file that leaves a row without its bound unnoticed is refused`(text: String) {
        #expect(throws: BenchError.self) { try Thresholds(parsing: Data(text.utf8)) }
    }

    @Test func `a file that is asked for must be there`() {
        #expect(throws: BenchError.self) { try Thresholds.load("/nowhere/at/all.json") }
    }

    @Test func `the repository has a bound for every row`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        let thresholds = try Thresholds.load(root.appending(path: Thresholds.path).path)
        #expect(CompareRow.all.filter { thresholds[$0.name] == nil }.map(\.name).isEmpty)
    }
}
