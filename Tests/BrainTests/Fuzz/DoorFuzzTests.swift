import NIOCore
import NIOEmbedded
import Testing

@testable import Brain

/// What comes over a socket never traps, from its first byte to the end of its session, wherever it is cut.
@Suite(.timeLimit(.minutes(5)))
struct DoorFuzzTests {
    /// A masked text, a ping, and an upgrade's or a request's bytes that make no sense there.
    private static let frames: [UInt8] = [0x81, 0x82, 1, 2, 3, 4, 5, 6, 0x89, 0x80, 1, 2, 3, 4, 0x88, 0x80, 0, 0, 0, 0]

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `any bytes after the accept are answered, or end the connection`(seed: UInt64) async throws {
        var mutations = Mutations(seed: seed)
        for _ in 0..<8 {
            let rig = try await HandshakeRig()
            let upgrade = Array(HandshakeRig.upgrade().utf8)
            let isSound = mutations.number(in: 0...1) == 0
            var bytes = (isSound ? upgrade : mutations.bytes(of: upgrade)) + mutations.bytes(of: Self.frames)
            while !bytes.isEmpty, rig.channel.isActive {
                let count = mutations.number(in: 1...bytes.count)
                // A connection that the door has closed takes nothing.
                try? await rig.send(bytes.prefix(count))
                bytes.removeFirst(count)
            }
            try? await rig.happen { $0.close(promise: nil) }
            #expect(rig.book.counts.connections == 0 && rig.book.counts.sessions == 0)
        }
    }
}
