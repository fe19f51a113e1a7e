import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Brain

@Suite struct DoorTests {
    @Test func `admits an ordinary request and leaves it as it is`() async throws {
        let rig = try await DoorRig()
        let head = try await rig.request("/api/health", ["Connection": "keep-alive"])
        #expect(head?.uri == "/api/health")
        #expect(head?.headers["Connection"] == ["keep-alive"])
        #expect(rig.verdict() == "admitted 127.0.0.1")
        #expect(try await rig.session() == nil)
    }

    @Test func `registers a session before its upgrade goes on`() async throws {
        let rig = try await DoorRig()
        let head = try await rig.upgrade("/ws") {
            $0.add(name: "Origin", value: "http://localhost:3000")
            $0.add(name: "User-Agent", value: "test")
        }
        #expect(head == nil)
        let session = try #require(try await rig.session())
        #expect(session.facts.peer == "127.0.0.1:1")
        #expect(session.facts.origin == "http://localhost:3000")
        #expect(session.facts.userAgent == "test")
        #expect(rig.sessions.directory.count == 1)
        #expect(rig.book.counts.sessions == 1)
        #expect(rig.verdict() == "none")
        #expect(rig.snapshots.count == 0)
    }

    @Test func `keeps no more than 256 bytes of what a client says of itself, cut at a character`() async throws {
        let rig = try await DoorRig()
        let long = String(repeating: "ä", count: 8000)
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/ws")
        head.headers = ["Origin": "a" + long, "User-Agent": long]
        let client = try address("127.0.0.1")
        let lease = try rig.book.admitSession(client: client, now: .now)
        let admission = SessionAdmission(head, rig.connection, client, lease)
        #expect(admission.origin == "a" + String(repeating: "ä", count: 127) + "…")
        #expect(admission.userAgent == String(repeating: "ä", count: 128) + "…")
        lease.end()
    }

    @Test func `lets a side door's clients in past the places, but not past the gate`() async throws {
        let doors = Counter()
        let side = SideDoor(path: "/pub") {
            doors.add()
            return BackPressureHandler()
        }
        let rig = try await DoorRig(sideDoor: side) { $0.sessions = 0 }
        #expect(try await rig.upgrade("/pub") == nil)
        #expect(doors.count == 1)
        #expect(try await rig.session() == nil)
        #expect(rig.sessions.directory.count == 0)
        let stranger = try await DoorRig(peer: "8.8.8.8", sideDoor: side)
        #expect(try await stranger.upgrade("/pub")?.headers["Upgrade"] == [])
        #expect(doors.count == 1)
    }

    @Test func `says that a session awaits a snapshot`() async throws {
        let rig = try await DoorRig()
        _ = try await rig.upgrade("/ws?snapshot=active")
        #expect(rig.sessions.shard.presence.awaitsSnapshot)
        #expect(rig.snapshots.count == 1)
    }

    @Test func `a refused upgrade goes on as a plain request, the connection's last`() async throws {
        let rig = try await DoorRig()
        let head = try await rig.upgrade("/ws") { $0.add(name: "Origin", value: "http://evil.example") }
        #expect(head?.headers.contains(name: "Upgrade") == false)
        #expect(head?.headers["Connection"] == ["close"])
        #expect(rig.verdict() == "refused 403")
        #expect(rig.book.counts.rejected == [.origin: 1])
        #expect(rig.sessions.directory.count == 0)
    }

    @Test func `checks in the contract's order`() async throws {
        let rig = try await DoorRig(peer: "8.8.8.8") { $0.allowed = [] }
        let wrong: HTTPHeaders = ["Host": "evil.example", "Origin": "http://evil.example"]
        _ = try await rig.request("/nowhere", wrong)
        #expect(rig.verdict() == "refused 403")
        let near = try await DoorRig()
        _ = try await near.request("/nowhere", wrong)
        #expect(near.verdict() == "refused 421")
        _ = try await near.request("/nowhere", ["Origin": "http://evil.example"])
        #expect(near.verdict() == "refused 403")
    }

    @Test func `an upgrade's rate and places come before its route`() async throws {
        let rig = try await DoorRig(limits: { $0.sessions = 0 })
        _ = try await rig.upgrade("/nowhere")
        #expect(rig.verdict() == "refused 503")
    }

    @Test func `an upgrade elsewhere than at ws is an ordinary request and takes no place`() async throws {
        let rig = try await DoorRig()
        let head = try await rig.upgrade("/api/health")
        #expect(head?.headers.contains(name: "Upgrade") == false)
        #expect(rig.verdict() == "admitted 127.0.0.1")
        #expect(rig.book.counts.sessions == 0)
    }

    @Test func `an upgrade that isn't right takes no place`() async throws {
        let version = try await DoorRig()
        _ = try await version.upgrade("/ws") { $0.replaceOrAdd(name: "Sec-WebSocket-Version", value: "8") }
        #expect(version.verdict() == "upgrade required")
        #expect(version.book.counts.sessions == 0)
        let key = try await DoorRig()
        _ = try await key.upgrade("/ws") { $0.remove(name: "Sec-WebSocket-Key") }
        #expect(key.verdict() == "malformed")
        #expect(key.book.counts.sessions == 0)
    }

    @Test func `ws without an upgrade is to be upgraded`() async throws {
        let rig = try await DoorRig()
        try await rig.request("/ws?snapshot=active")
        #expect(rig.verdict() == "upgrade required")
    }

    @Test func `only a connection's first request can be upgraded`() async throws {
        let rig = try await DoorRig()
        try await rig.request("/api/health")
        let head = try await rig.upgrade("/ws")
        #expect(head?.headers.contains(name: "Upgrade") == false)
        #expect(rig.verdict() == "admitted 127.0.0.1")
        #expect(rig.verdict() == "upgrade required")
        #expect(try await rig.session() == nil)
    }

    @Test func `knows an administration by method and path`() async throws {
        let rig = try await DoorRig(peer: "10.0.0.1")
        try await rig.request("/api/debug/audit", method: .POST)
        try await rig.request("/api/debug/sessions/s-000001", method: .DELETE)
        try await rig.request("/api/debug/sessions")
        try await rig.request("/api/runs", method: .POST)
        #expect(
            (0..<4).map { _ in rig.verdict() }
                == ["refused 403", "refused 403", "admitted 10.0.0.1", "admitted 10.0.0.1"]
        )
    }

    @Test func `judges by the client whom a trusted proxy names`() async throws {
        let rig = try await DoorRig(
            peer: "10.0.0.1",
            rules: { $0.trustedProxies = ["10.0.0.1"].compactMap { CIDR($0) } }
        )
        try await rig.request("/api/health", ["X-Forwarded-For": "192.168.0.7"])
        #expect(rig.verdict() == "admitted 192.168.0.7")
        try await rig.request("/api/health")
        #expect(rig.verdict() == "refused 403")
    }

    @Test func `tells the timer when a request has ended and when its answer has`() async throws {
        let rig = try await DoorRig()
        try await rig.request("/api/health")
        await rig.channel.testingEventLoop.advanceTime(by: .seconds(60))
        #expect(rig.channel.isActive)
        try await rig.answer(.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        try await rig.answer(.end(nil))
        await rig.channel.testingEventLoop.advanceTime(by: .seconds(5))
        #expect(!rig.channel.isActive)
    }

    @Test func `bytes that are no HTTP are answered with 400, and the connection ends`() async throws {
        let rig = try await DoorRig()
        try await rig.fail(HTTPParserError.invalidMethod)
        #expect(try await rig.statuses() == [400])
        #expect(!rig.channel.isActive)
    }

    @Test func `bytes that are no HTTP end a connection whose answer is under way without another`() async throws {
        let rig = try await DoorRig()
        try await rig.request("/api/health")
        try await rig.fail(HTTPParserError.invalidMethod)
        #expect(try await rig.statuses() == [])
        #expect(!rig.channel.isActive)
    }

    @Test func `another error is for those behind the door`() async throws {
        let rig = try await DoorRig()
        try await rig.fail(ChannelError.inputClosed)
        #expect(rig.channel.isActive)
        await #expect(throws: ChannelError.inputClosed) { try await rig.channel.throwIfErrorCaught() }
    }
}
