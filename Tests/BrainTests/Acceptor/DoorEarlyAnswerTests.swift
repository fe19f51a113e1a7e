import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Brain

@Suite struct DoorEarlyAnswerTests {
    @Test func `a body that breaks off after its answer has begun gets no second one`() async throws {
        let rig = try await DoorRig()
        _ = try await rig.requestHead("/nowhere", method: .POST, ["Transfer-Encoding": "chunked"])
        try await rig.answer(.head(HTTPResponseHead(version: .http1_1, status: .notFound)))
        try await rig.fail(HTTPParserError.invalidChunkSize)
        #expect(try await rig.statuses() == [404])
        #expect(!rig.channel.isActive)
    }

    @Test func `a body that breaks off after its whole answer gets no second one`() async throws {
        let rig = try await DoorRig()
        _ = try await rig.requestHead("/nowhere", method: .POST, ["Transfer-Encoding": "chunked"])
        try await rig.answer(.head(HTTPResponseHead(version: .http1_1, status: .notFound)))
        try await rig.answer(.end(nil))
        try await rig.fail(HTTPParserError.invalidChunkSize)
        #expect(try await rig.statuses() == [404])
        #expect(!rig.channel.isActive)
    }
}
