import Testing

@testable import BrainSoak

struct SoakOracleCountsTests {
    @Test func `all that it is told is counted`() {
        var desk = OracleDesk(.steady, .churning)
        desk.join(0, 1)
        desk.hear(desk.commit(1), by: 0, 1)
        desk.oracle.abandoned([desk.announce(2)])
        for reason in [LeaveReason.closed(code: 4008), .cut, .ownWill, .closed(code: 4008)] {
            desk.leave(1, reason)
            desk.join(1)
        }
        desk.oracle.apply(.refused(client: 1, status: 429), now: desk.now)
        let counts = desk.oracle.counts
        #expect([counts.announced, counts.committed, counts.abandoned] == [2, 1, 1])
        #expect([counts.heard, counts.joined] == [2, 6])
        #expect(counts.left == LeaveCounts(ownWill: 1, cut: 1, closed: [4008: 2]))
        #expect(counts.refused == [429: 1])
    }

    @Test func `connections of steady clients that others end are counted apart`() {
        var desk = OracleDesk(.steady, .churning, .slow, .halfOpen)
        let reasons = [LeaveReason.closed(code: 1012), .closed(code: 1011), .cut, .ownWill]
        for (client, reason) in (0...3).flatMap({ client in reasons.map { (client, $0) } }) {
            desk.join(client)
            desk.leave(client, reason)
        }
        #expect(desk.oracle.counts.steadyEnded == LeaveCounts(cut: 1, closed: [1011: 1, 1012: 1]))
    }

    @Test func `the first losses are kept, and all are counted`() {
        var desk = OracleDesk(.steady)
        desk.join(0)
        let step = desk.commit(1)
        for _ in 0...SoakLosses.kept + 5 { desk.hear(step, by: 0) }
        #expect(desk.losses.count == SoakLosses.kept)
        #expect(desk.oracle.losses.count == SoakLosses.kept + 5)
        #expect(desk.losses.first?.sentence == "client 0: soak-000000 1 running: heard after 1")
    }

    @Test func `latencies are those of steady clients, from the announcement on`() {
        var desk = OracleDesk(.steady, .slow, .churning)
        desk.join(0, 1, 2)
        let step = desk.announce(1)
        desk.pass(.milliseconds(3))
        desk.hear(step, by: 0, 1, 2)
        #expect(desk.oracle.latencies.take().count == 1)
        #expect(desk.oracle.latencies.take().count == 0)
        desk.hear(desk.commit(2), by: 0)
        let all = desk.oracle.latencies.byLabel
        #expect(all.mapValues { [$0.count, $0.max] } == [.quiet: [2, 3000]])
        #expect(desk.oracle.latencies.take().max == 0)
        #expect(desk.oracle.latencies.byLabel == all)
    }

    @Test func `what the soak itself can't mean is its own defect`() {
        var desk = OracleDesk(.steady)
        desk.join(0)
        let step = desk.commit(1)
        desk.announce(1)
        desk.oracle.committed([step], now: desk.now)
        desk.oracle.abandoned([step])
        desk.announce(1, run: 7)
        desk.oracle.committed([RunStep(run: 1, number: 1, status: .queued)], now: desk.now)
        desk.join(5)
        desk.hear(step, by: 5)
        desk.leave(0)
        desk.leave(0)
        desk.hear(step, by: 0)
        #expect(desk.counts == [.misuse: 8])
    }
}
