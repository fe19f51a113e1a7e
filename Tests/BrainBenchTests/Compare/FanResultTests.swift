import Testing

@testable import BrainBench

struct FanResultTests {
    private static let line = """
        {"label":"","connections":1000,"failed":0,"closed_by_peer":2,"connect_s":0.113,"connects_per_s":8861,\
        "connect_cpu_us":120.0,"seconds":2.965,"broadcasts":60,"messages":60000,"msgs_per_s":20235,"bytes":18000000,\
        "missing":-3,"gaps":4,"dups":5,"stalls":0,"min_per_conn":80,"max_per_conn":80,"reads":60000,"pings":0,\
        "lat_samples":958,"p50_us":8159,"p90_us":15532,"p99_us":23200,"p999_us":25559,"max_us":25549,\
        "own_cpu_s":0.474,"own_us_per_msg":7.908,"own_busy":0.16,"server_cpu_s":0.71,"server_us_per_msg":11.833,\
        "server_busy":0.24,"rss_before_kib":98812,"rss_idle_kib":97648,"rss_end_kib":97650,"kib_per_conn":-1.16,\
        "softirqd_cpu_s":0.00,"other_cpu_s":4.58,"steal_s":0.00,"host_kib_per_conn":0.72}

        """

    @Test func `each figure is read under its name`() throws {
        let result = try FanResult.parse(Self.line)
        #expect([result.connections, result.failed, result.closedByPeer, result.messages] == [1000, 0, 2, 60_000])
        #expect([result.missing, result.gaps, result.duplicates, result.latencySamples] == [-3, 4, 5, 958])
        #expect([result.connectsPerSecond, result.messagesPerSecond] == [8861, 20_235])
        #expect([result.p50Microseconds, result.p99Microseconds] == [8159, 23_200])
        #expect([result.serverMicrosecondsPerMessage, result.serverBusy, result.clientBusy] == [11.833, 0.24, 0.16])
        #expect([result.kibibytesPerConnection, result.residentKibibytesAtTheEnd] == [-1.16, 97_650])
        #expect(result.othersBusy == 4.58 / 2.965)
    }

    @Test(arguments: ["", "fan: no connection was opened", #"{"connections":1}"#])
    func `what lacks a figure is no result`(line: String) {
        #expect(throws: BenchError.self) { try FanResult.parse(line) }
    }

    @Test func `figures are told in the units that they are named with`() throws {
        let result = try sampleResult(["p99_us": 1500, "rss_end_kib": 2048, "msgs_per_s": 3000, "kib_per_conn": 4])
        let metrics: [FanMetric] = [.latency, .residentMemory, .rate, .idleMemory]
        #expect(metrics.map { $0.value(in: result) } == [1.5, 2, 3, 4])
    }
}

struct FanSampleTests {
    @Test func `a run that lost nothing has no defect`() throws {
        #expect(try sample(.init(.paced1000, .brain)).defects.isEmpty)
    }

    @Test(
        arguments: zip(
            ["missing", "missing", "gaps", "dups", "failed", "closed_by_peer"],
            [
                (1, "1 messages missing"), (-1, "-1 messages missing"), (2, "2 gaps"), (3, "3 messages twice"),
                (4, "4 connects failed"), (5, "5 clients closed by the server"),
            ]
        )
    )
    func `what was lost, came twice or was refused is a defect`(key: String, expected: (Double, String)) throws {
        let defects = try sample(.init(.paced1000, .brain), [key: expected.0]).defects
        #expect(defects.count == 1)
        #expect(defects.first?.hasPrefix(expected.1) == true)
    }

    @Test func `stalled clients may be closed, and nobody else`() throws {
        let trial = Trial(.stalled, .brain)
        #expect(try sample(trial, ["closed_by_peer": 90], fullSockets: 90).defects.isEmpty)
        let defects = try sample(trial, ["closed_by_peer": 91], fullSockets: 90).defects
        #expect(defects == ["1 clients closed by the server"])
    }

    @Test(arguments: [nil, 89])
    func `a stalled client whose socket isn't full is a defect`(fullSockets: Int?) throws {
        let defects = try sample(.init(.stalled, .brain), fullSockets: fullSockets).defects
        #expect(defects == ["\(90 - (fullSockets ?? 0)) clients that didn't stall"])
    }
}
