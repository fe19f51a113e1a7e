import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing
import WebSocket

@testable import Brain

@Suite struct OwedPongsTests {
    private func pong(_ number: UInt8) -> PreparedFrame { .pong(ByteBuffer(bytes: [number])) }

    private func bytes(_ frames: [PreparedFrame]) -> [UInt8] { frames.flatMap { Array($0.buffer.readableBytesView) } }

    @Test func `owes the newest of each kind, in the order of the pings`() {
        var owed = OwedPongs()
        for number in UInt8(1)...3 {
            owed.add(self.pong(number))
            owed.add(.text([number]))
        }
        owed.add(self.pong(4))
        #expect(!owed.isEmpty)
        #expect([owed.next(), owed.next(), owed.next()] == [.text([3]), self.pong(4), nil])
        #expect(owed.isEmpty)
    }

    @Test func `forgets what it owes`() {
        var owed = OwedPongs()
        owed.add(self.pong(1))
        owed.removeAll()
        #expect(owed.isEmpty && owed.next() == nil)
    }

    @Test func `a client that pings and reads nothing is owed the newest pong of each kind, and no more`() async throws
    {
        let rig = SessionRig { $0.inbound.dataFramesPerSecond = 0 }
        let client = try await rig.open()
        _ = await rig.shard.deliver([BroadcastFrame(1)], snapshot: nil)
        try await client.setWritable(false)
        for number in 1...1000 {
            try await client.send(.ping, [UInt8(number / 256), UInt8(number % 256)])
            try await client.send(.text, Array(#"{"type":"ping"}"#.utf8))
        }
        #expect(try await client.handed() == Array(BroadcastFrame(1).bytes.readableBytesView))
        _ = await rig.shard.deliver([BroadcastFrame(2)], snapshot: nil)
        try await client.setWritable(true)
        var frames: [ByteBuffer] = []
        while let frame = try await client.channel.readOutbound(as: ByteBuffer.self) { frames.append(frame) }
        #expect(frames.first == .pong1000)
        #expect(frames.map { $0.words.prefix(14) } == ["pong", #"{"type":"pong""#, "r1 update 2"])
    }

    @Test func `a pong is sent before what the push rate or the mailbox holds, and past nothing that is under way`()
        async throws
    {
        let pair = try KernelPair()
        let rig = SessionRig()
        let client = try await rig.open(on: pair)
        client.hold(true)
        try await client.send(.ping, [7])
        #expect(pair.received() == [])
        _ = await rig.shard.deliver([BroadcastFrame(1)], snapshot: nil)
        try await client.setWritable(true)
        #expect(pair.received() == self.bytes([self.pong(7)]) + joined([BroadcastFrame(1)]))
        #expect(try await client.handed() == [])
        #expect(await rig.shard.caughtUpCount == 1)
    }

    @Test func `no pong follows a close frame that had to wait`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        try await client.setWritable(false)
        try await client.send(.ping)
        try await client.send(.text, Array(#"{"type":"ping"}"#.utf8))
        #expect(await rig.shard.close(client.id))
        try await client.setWritable(true)
        #expect(try await client.received() == ["close 1000"])
    }

    @Test func `a drain lets an owed pong go before the close frame`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        try await client.setWritable(false)
        try await client.send(.ping)
        await rig.shard.drainOne(client.id)
        #expect(try await client.received() == [])
        try await client.setWritable(true)
        #expect(try await client.received() == ["pong", "close 1012"])
    }
}

extension ByteBuffer {
    fileprivate static var pong1000: ByteBuffer { PreparedFrame.pong(ByteBuffer(bytes: [3, 232])).buffer }
}
