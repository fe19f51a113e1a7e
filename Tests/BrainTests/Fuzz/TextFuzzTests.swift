import Testing

@testable import Brain

/// Texts of the database and of whoever is logged never trap.
@Suite struct TextFuzzTests {
    private static let seeds = 0..<20 as Range<UInt64>

    @Test(arguments: Self.seeds)
    func `any notification names runs, or everything`(seed: UInt64) {
        var mutations = Mutations(seed: seed)
        for _ in 0..<100 {
            var runs = PendingRuns()
            runs.notified(mutations.text(of: #"["run-1","\u00e9\\\"","run-2"]"#))
            _ = runs.take(2)
        }
        var runs = PendingRuns()
        runs.notified(String(repeating: "[", count: 8000))
        #expect(runs.takeEverything() == true)
    }

    @Test(arguments: Self.seeds)
    func `any synchronous_standby_names is read`(seed: UInt64) {
        var mutations = Mutations(seed: seed)
        for _ in 0..<200 {
            let setting = mutations.text(of: #"ANY 2 (s1, "a ""b""", *), FIRST 1 (brain)"#)
            _ = SynchronousStandbyNames(setting).match("brain")
        }
    }

    @Test(arguments: Self.seeds)
    func `any text is made fit for a line of the log`(seed: UInt64) {
        var mutations = Mutations(seed: seed)
        let sound =
            "postgres://u:secret@h/d?password=a&x host=h password = 'it\\'s' sslpassword=b\\ c "
            + String(repeating: "é", count: 120)
        for _ in 0..<100 {
            let shown = LogText.shown(mutations.text(of: sound))
            #expect(!shown.contains("\n"))
        }
    }
}
