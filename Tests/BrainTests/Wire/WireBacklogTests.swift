import Glibc
import NIOCore
import Testing

@testable import Brain

/// What NIO holds for a socket goes out before anything that comes later.
@Suite(.timeLimit(.minutes(5))) struct WireBacklogTests {
    private static let kind = WireEnd.Kind.pair(sendBuffer: 4096)

    @Test(arguments: [1, 2, 3, 1000])
    func `nothing overtakes what the kernel left of a frame, be it a single byte`(left: Int) async throws {
        let first = BroadcastFrame(1, size: try Self.capacity() + left)
        let others = (2...3).map { BroadcastFrame($0, run: "r\($0)") }
        try await WireRig.broadcasting { rig, _ in
            let client = try await rig.open(Self.kind)
            try await client.deliver([first], then: others)
            #expect(try await client.readAll(in: rig) == joined([first] + others))
            #expect(await client.shard.report(of: client.id)?.counters.messagesSent == 3)
        }
    }

    @Test(arguments: [1, 2])
    func `a session that was left with so little is caught up again at once`(left: Int) async throws {
        let first = BroadcastFrame(1, size: try Self.capacity() + left)
        try await WireRig.broadcasting { rig, _ in
            let client = try await rig.open(Self.kind)
            try await client.deliver([first], then: [])
            _ = try await client.readAll(in: rig)
            #expect(await client.shard.caughtUpCount == 1)
        }
    }

    @Test func `a session that crashes at a delivery that its socket takes in part gets all of it`() async throws {
        let frames = try (1...6).map { BroadcastFrame($0, run: "r\($0)", padding: try Self.capacity()) }
        try await WireRig.broadcasting { rig, _ in
            let client = try await rig.open(Self.kind)
            #expect(await client.shard.plant(.planted, in: client.id))
            try await client.deliver(frames, then: [])
            #expect(try await client.readAll(in: rig) == joined(frames))
            #expect(await client.shard.report(of: client.id)?.restarts == 1)
        }
    }

    /// How much such a socket takes at once.
    private static func capacity() throws -> Int {
        let wire = try WireEnd(Self.kind)
        defer { close(wire.near) }
        return [UInt8](repeating: 0, count: 1 << 20).withUnsafeBytes(KernelSocket(descriptor: wire.near).send)
    }
}

extension BroadcastFrame {
    /// A frame of so many bytes.
    fileprivate convenience init(_ number: UInt64, size: Int) {
        let least = BroadcastFrame(number, padding: 1000).bytes.readableBytes
        self.init(number, padding: 1000 + size - least)
    }
}

extension WireClient {
    /// Delivers twice in one turn of the event loop, and reads in between.
    fileprivate func deliver(_ first: [BroadcastFrame], then others: [BroadcastFrame]) async throws {
        let (shard, wire, inbox) = (self.shard, self.wire, self.inbox)
        try await self.channel.eventLoop.submit {
            shard.assumeIsolated { shard in
                _ = shard.deliver(first, snapshot: nil)
                inbox.take(wire.read(atMost: 1 << 20))
                _ = shard.deliver(others, snapshot: nil)
            }
        }.get()
    }
}
