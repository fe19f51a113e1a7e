import Testing

@testable import BrainBench

struct FanPlanTests {
    @Test func `a plan for more clients than there are descriptors for has as many as there are`() {
        #expect(FanLoad.flood10000.plan(seconds: 3).limited(toClients: 960).connections == 960)
        #expect(FanLoad.paced1000.plan(seconds: 3).limited(toClients: 10_000).connections == 1000)
    }

    @Test func `stalled clients have descriptors too`() {
        let plan = FanLoad.stalled.plan(seconds: 3).limited(toClients: 1000)
        #expect(plan.connections + plan.stalled == 1000)
    }

    @Test func `one client in a hundred stalls, and the others are as many as without`() {
        var (stalled, calm) = (FanLoad.stalled.plan(seconds: 3), FanLoad.calm.plan(seconds: 3))
        #expect(stalled.connections + stalled.stalled == 9000 && stalled.stalled == 90)
        (stalled.stalled, calm.stalled) = (0, 0)
        #expect(stalled == calm)
    }

    @Test func `sessions fail under one load only, which is otherwise the same as another`() {
        #expect(FanLoad.allCases.filter { !$0.serverOptions.isEmpty } == [.failing])
        #expect(FanLoad.failing.plan(seconds: 3) == FanLoad.sound.plan(seconds: 3))
    }

    @Test(arguments: FanLoad.allCases)
    func `a run is either paced or as fast as it goes`(load: FanLoad) {
        let arguments = load.plan(seconds: 3).arguments(port: 1, server: 2)
        let isFlood = load == .flood1000 || load == .flood10000
        #expect(arguments.contains("--window") == isFlood)
        #expect(arguments.contains("--rate") == !isFlood)
    }

    @Test func `the load generator stays until the stalled sockets were looked at, and only then`() {
        #expect(FanLoad.stalled.plan(seconds: 3).arguments(port: 1, server: 2).contains("--hold"))
        #expect(!FanLoad.calm.plan(seconds: 3).arguments(port: 1, server: 2).contains("--hold"))
    }
}

struct CoresTests {
    @Test(arguments: [("0-1", [0, 1]), ("3", [3]), ("0-2,5,7-8", [0, 1, 2, 5, 7, 8]), ("", []), ("5-2", [])])
    func `a list of the kernel's is read`(list: String, cores: [Int]) {
        #expect(Cores.parse(list) == cores)
    }

    @Test func `server and load generator have a core each, and share the only one with a remark`() {
        let (pair, one) = (CorePair(of: [2, 5, 6]), CorePair(of: [3]))
        #expect([pair.server, pair.client] == [2, 5])
        #expect([one.server, one.client] == [3, 3])
        #expect(one.remark.contains("only one core") && !pair.remark.contains("only one core"))
    }
}

struct SocketTableTests {
    private static let table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:2455 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
           1: 0100007F:2455 0800007F:B94C 01 00004390:00000000 04:00000000 00000000     0        0 2 1
           2: 0100007F:2455 0700007F:2455 01 00001FFF:00005000 04:00000000 00000000     0        0 3 1
           3: 0800007F:B94C 0100007F:2455 01 00005000:00000000 04:00000000 00000000     0        0 4 1
        """

    @Test func `only what waits to be sent from the server's port counts`() {
        #expect(SocketTable.waiting(atPort: 0x2455, bytes: 0x2000, in: Self.table) == 1)
        #expect(SocketTable.waiting(atPort: 0x2455, bytes: 0x1000, in: Self.table) == 2)
        #expect(SocketTable.waiting(atPort: 0x2456, bytes: 0, in: Self.table) == 0)
    }
}
