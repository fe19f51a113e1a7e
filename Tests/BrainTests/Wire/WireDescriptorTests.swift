import Glibc
import NIOCore
import Runs
import Testing

@testable import Brain

/// A descriptor's number is free, and soon another's, the moment its session's channel is closed.
@Suite(.timeLimit(.minutes(5))) struct WireDescriptorTests {
    @Test(arguments: [1, 3])
    func `a socket that has the number of a session that is just gone is sent nothing`(count: Int) async throws {
        try await WireRig.broadcasting { rig, _ in
            var clients: [WireClient] = []
            for _ in 0..<count { clients.append(try await rig.open()) }
            let stranger = try WireEnd(.pair(sendBuffer: 1 << 20))
            defer { close(stranger.near) }
            var number: CInt
            repeat {
                let leaver = try await rig.open()
                number = try await leaver.closeAndDeliver(takingItsNumber: stranger)
            } while number < 0
            #expect(stranger.read(atMost: 1 << 16) == [])
            for client in clients { #expect(try await client.readAll(in: rig).isEmpty == false) }
        }
    }

    @Test func `while sessions come and go nobody but they is ever sent a byte`() async throws {
        try await WireRig.broadcasting(loops: 2) { rig, broadcaster in
            var (strangers, numbers, reused) = ([WireEnd](), Set<CInt>(), 0)
            var resident = try await rig.open()
            for round in 0..<200 {
                rig.change(round, wake: broadcaster)
                let client = try await rig.open()
                numbers.insert(client.wire.near)
                rig.change(round + 1000, wake: broadcaster)
                client.wire.close()
                if round % 3 == 0 { try await rig.until("an end") { !client.channel.isActive } }
                let stranger = try WireEnd(.pair(sendBuffer: 1 << 20))
                reused += numbers.contains(stranger.near) ? 1 : 0
                strangers.append(stranger)
                if round % 20 == 19 {
                    resident.wire.close()
                    resident = try await rig.open()
                }
            }
            try await rig.broadcastAll(by: broadcaster)
            #expect(reused > 0, "a test of nothing")
            for stranger in strangers {
                #expect(stranger.read(atMost: 100) == [])
                close(stranger.near)
            }
            resident.wire.close()
            try await rig.until("the end of all sessions") { rig.directory.count == 0 }
        }
    }
}

extension WireClient {
    /// In one turn of the event loop the channel is closed, a stranger's socket gets its number, and a batch goes out.
    ///
    /// - Returns: the number; negative where another thread was faster.
    fileprivate func closeAndDeliver(takingItsNumber stranger: WireEnd) async throws -> CInt {
        let (channel, shard, near) = (self.channel, self.shard, self.wire.near)
        return try await channel.eventLoop.submit {
            channel.close(promise: nil)
            let number = stranger.duplicateNear(from: near)
            defer { close(number) }
            shard.assumeIsolated { shard in
                let next = UInt64(shard.sums().accepted)
                _ = shard.deliver([BroadcastFrame(next)], snapshot: nil)
            }
            return number == near ? number : -1
        }.get()
    }
}

extension WireRig {
    fileprivate func change(_ number: Int, wake broadcaster: Broadcaster) {
        _ = self.ledger.withLedger { $0.observed(RunRow(id: "r\(number)", status: "completed"), now: .now) }
        broadcaster.wake()
    }
}
