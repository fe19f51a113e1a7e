import Testing

@testable import Runs

/// No text of a row traps, and whatever a row holds becomes one JSON object, of which each value can be taken.
@Suite struct RowFuzzTests {
    private static let sound = [
        "2026-02-06 01:30:00.123456+00", "0001-01-01 00:00:00-00:01:15", "2026-02-06T01:30:60Z", "infinity", "40.50",
        "-1.5e-07", "1e999999999", "00000000000000000000000001", "running", "é\u{301}\u{1F469}\u{200D}\u{1F467}", "",
        "\"\\\n",
    ]

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `any text is a number, a time, a word, or none of them`(seed: UInt64) {
        var random = Seeded(seed: seed)
        for _ in 0..<500 {
            let text = Self.text(&random)
            if let number = DecimalText.normalized(text) { #expect(DecimalText.normalized(number) == number) }
            if let time = WireTime.text(postgres: text) { #expect(WireTime.isRFC3339(time)) }
            _ = (WireTime.isRFC3339(text), RunStatus(word: text))
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `any row has a state, from which the next row takes what it leaves out`(seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<50 {
            let state = try #require(RunState(Self.row(&random)))
            var next = Self.row(&random)
            next.unchanged = RunFields(rawValue: .random(in: 0...127, using: &random)).subtracting(.status)
            let partial = try #require(RunState(next, over: state))
            for key in ["id", "progress", "error", "nothing"] { _ = FlatObject(partial.data).value(of: key) }
            #expect(RunKey(partial) == RunKey(id: next.id))
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `an error of any characters is cut where it is too long`(seed: UInt64) throws {
        var random = Seeded(seed: seed)
        let pieces = ["a", "é", "e\u{301}", "\u{1F469}\u{200D}\u{1F467}", "\r\n", "\u{200D}", "🇩🇪", "\u{301}"]
        let piece = pieces.randomElement(using: &random) ?? ""
        let start = String(repeating: "x", count: .random(in: 0...9, using: &random))
        let text = start + String(repeating: piece, count: RunState.longestError / piece.utf8.count + 2)
        let state = try #require(RunState(RunRow(id: "a", status: "failed", error: text)))
        let error = try #require(FlatObject(state.data).value(of: "error"))
        #expect(error.hasSuffix("…\""))
    }

    private static func row(_ random: inout Seeded) -> RunRow {
        RunRow(
            id: Self.text(&random),
            status: "running",
            progress: Self.text(&random),
            agent: Self.text(&random),
            startedAt: Self.text(&random),
            error: Self.text(&random)
        )
    }

    private static func text(_ random: inout Seeded) -> String {
        var bytes = Array((Self.sound.randomElement(using: &random) ?? "").utf8)
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let index = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, index + Int.random(in: 0...4, using: &random))
            switch Int.random(in: 0...2, using: &random) {
            case 0: bytes.removeSubrange(index..<end)
            case 1: bytes.insert(contentsOf: bytes[index..<end], at: index)
            default: bytes.insert(.random(in: 0...255, using: &random), at: index)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
