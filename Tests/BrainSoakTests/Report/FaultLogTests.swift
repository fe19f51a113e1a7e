import Testing

@testable import BrainSoak

struct FaultLogTests {
    @Test func `the first and the last are kept, and all are counted`() {
        var log = FaultLog(limit: 3)
        for number in 0..<10 { _ = log.add(Self.fault(number, kind: number < 4 ? "kill" : "hang")) }
        #expect(log.list.map(\.at) == [0, 1, 2, 7, 8, 9])
        #expect(log.count == 10)
        #expect(log.leftOut == 4)
        #expect(log.byKind == ["kill": 4, "hang": 6])
    }

    @Test func `with few of them none is left out`() {
        var log = FaultLog(limit: 3)
        for number in 0..<5 { _ = log.add(Self.fault(number)) }
        #expect(log.list.map(\.at) == [0, 1, 2, 3, 4])
        #expect(log.leftOut == 0)
    }

    @Test func `a recovery is noted with the fault of its number`() {
        var log = FaultLog(limit: 2)
        let numbers = (0..<7).map { log.add(Self.fault($0)) }
        for number in numbers { log.recovered(number, afterMs: Double(number) * 10) }
        #expect(log.list.map(\.recoveredAfterMs) == [0, 10, 50, 60])
        // Those in the middle are gone.
        #expect(log.recoveryTimes["kill"]?.count == 4)
    }

    @Test func `a fault recovers once, and only one that there was`() {
        var log = FaultLog(limit: 2)
        let number = log.add(Self.fault(0))
        log.recovered(number, afterMs: 10)
        log.recovered(number, afterMs: 20)
        log.recovered(-1, afterMs: 30)
        log.recovered(99, afterMs: 30)
        #expect(log.list.map(\.recoveredAfterMs) == [10])
        #expect(log.recoveryTimes["kill"] == LatencySummary(of: [10]))
    }

    @Test func `losses keep the first sentences and count all by kind`() {
        var log = LossLog()
        for number in 1...201 { log.add(kind: number < 3 ? "doubled" : "missing", "loss \(number)") }
        #expect(log.first.count == LossLog.limit)
        #expect(log.first.first == "loss 1")
        #expect(log.count == 201)
        #expect(log.kinds == "199 missing, 2 doubled")
    }

    @Test func `a finding stands once, with when it was first and last seen`() throws {
        var log = FindingLog()
        for second in [30, 60, 90] { log.saw("a leak", at: second) }
        log.saw("another", at: 60)
        let first = try #require(log.findings.first)
        #expect((first.text, first.firstSecond, first.lastSecond, first.times) == ("a leak", 30, 90, 3))
        #expect(log.findings.count == 2)
        #expect(log.count == 4)
    }

    @Test func `no more findings are kept than the limit`() {
        var log = FindingLog()
        for number in 0..<300 { log.saw("finding \(number)", at: number) }
        #expect(log.findings.count == FindingLog.limit)
        #expect(log.count == 300)
    }

    private static func fault(_ number: Int, kind: String = "kill") -> FaultRecord {
        FaultRecord(at: Double(number), kind: kind, description: "fault \(number)")
    }
}
