import Runs
import Testing
import WebSocket

@testable import Brain

/// No value of a setting traps: neither one that is refused, nor one that is taken and then used.
@Suite struct ConfigurationFuzzTests {
    private static let seeds = 0..<10 as Range<UInt64>
    /// The ends of all bounds, and what lies behind them.
    private static let numbers = [
        "0", "1", "2", "124", "125", "65535", "65536", "1000000", "1000001", "67108864", "86400000", "86400001",
        "1000000000", "1099511627776", "1099511627777", "9223372036854775807", "9223372036854775808",
    ]

    @Test(arguments: Self.seeds)
    func `any value of any setting is taken, or refused in words`(seed: UInt64) {
        var mutations = Mutations(seed: seed)
        for setting in Setting.all {
            let sound = mutations.one(of: Self.numbers + ["host=db", "10.0.0.0/8", "https://a.b", "true"])
            let value = mutations.text(of: sound)
            for line in faultLines(flags: [setting.name: [value]], environment: [setting.environment: value]) {
                #expect(!line.contains("\n"))
            }
        }
    }

    @Test(arguments: Self.seeds)
    func `any file is read, or refused in words`(seed: UInt64) {
        var mutations = Mutations(seed: seed)
        let sound = """
            port: 8080
            host: "::1"
            allow-cidr: [10.0.0.0/8, &a b]
            allowed-host:
              - *a
            # x
            ? y
            : !!int 1
            """
        for _ in 0..<40 {
            let file = ConfigurationFile(path: "b.yaml", text: mutations.text(of: sound))
            for line in faultLines(file: file) { #expect(!line.contains("\n")) }
        }
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "\"", "&a [", "!!map {? "])
    func `a file of any depth is read, or refused`(piece: String) {
        _ = faultLines(file: ConfigurationFile(path: "b.yaml", text: String(repeating: piece, count: 20_000)))
    }

    @Test func `a file as deep as a file may be is refused`() {
        let deep = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        #expect(faultLines(file: ConfigurationFile(path: "b.yaml", text: "port: \(deep)")).count == 1)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `whatever is taken can be reckoned with`(seed: UInt64) throws {
        var mutations = Mutations(seed: seed)
        var flags: [String: [String]] = [:]
        for setting in Setting.all where setting.hasFlag {
            let value = mutations.one(of: Self.numbers)
            if faultLines(flags: [setting.name: [value]]).isEmpty { flags[setting.name] = [value] }
        }
        let configuration = try read(flags: flags)
        Self.reckon(SessionSettings(configuration))
        _ = Gate(rules: GateRules(configuration.gate))
        var admission = Admission(limits: AdmissionLimits(configuration))
        let client = try address("10.0.0.1")
        for _ in 0..<3 { _ = admission.sessionRequested(by: client, now: .now)?.retryAfterSeconds }
        var ledger = RunLedger(updateInterval: configuration.push.updateInterval)
        for progress in ["1", "2"] {
            _ = ledger.observed(RunRow(id: "a", status: "running", progress: progress), now: .now)
            ledger.makeFrames(now: .now, timestamp: 0)
        }
    }

    private static func reckon(_ settings: SessionSettings) {
        let now = Moment.now
        var budget = PushBudget(rate: settings.maxPushRate)
        _ = budget.take(.max, now: now)
        budget.spend(terminals: .max, now: now)
        _ = budget.nextToken(now: now)
        var heartbeat = Heartbeat(limits: settings.heartbeat, now: now)
        let look = heartbeat.nextLook(now: now, limits: settings.heartbeat)
        _ = heartbeat.ticked(now: look, taken: 0, pending: 1, limits: settings.heartbeat)
        var wheel = DeadlineWheel<Int>(tick: settings.heartbeat.tick, slots: 64, now: now)
        wheel.schedule(1, at: look)
        #expect(wheel.advance(to: Moment(nanoseconds: .max)) == [1])
        _ = InboundRules(limits: settings.inbound, now: .now)
    }
}
