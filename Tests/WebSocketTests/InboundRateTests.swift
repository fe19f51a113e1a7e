import NIOWebSocket
import Testing
import WebSocket

@Suite struct InboundRateTests {
    @Test func `takes a burst of twice the rate and refuses the next frame`() {
        var peer = Peer(dataFramesPerSecond: 10)
        for _ in 0..<20 { #expect(peer.send(text: "x") == .message(.text)) }
        #expect(peer.send(text: "x") == .violation(.policyViolation, reason: "too many frames"))
    }

    @Test func `fills up at the rate, and no higher than the burst`() {
        var peer = Peer(dataFramesPerSecond: 10)
        for _ in 0..<20 { _ = peer.send(text: "x") }
        peer.wait(.milliseconds(100))
        #expect(peer.send(text: "x") == .message(.text))
        peer.wait(.seconds(3600))
        for _ in 0..<20 { #expect(peer.send(text: "x") == .message(.text)) }
        #expect(peer.send(text: "x").violatedCode == .policyViolation)
    }

    @Test func `counts each fragment as a frame`() {
        var peer = Peer(dataFramesPerSecond: 1)
        #expect(peer.send(.text, [], fin: false) == .ignored)
        #expect(peer.send(.continuation, [], fin: false) == .ignored)
        #expect(peer.send(.continuation, []).violatedCode == .policyViolation)
    }

    @Test func `gives control frames a budget of their own, ten times as large`() {
        var peer = Peer(dataFramesPerSecond: 1)
        for _ in 0..<20 { #expect(peer.send(.pong, []).violatedCode == nil) }
        #expect(peer.send(text: "x") == .message(.text))
        #expect(peer.send(.pong, []).violatedCode == .policyViolation)
    }

    @Test func `takes one frame at a time however low the rate`() {
        var peer = Peer(dataFramesPerSecond: 0.1)
        #expect(peer.send(text: "x") == .message(.text))
        peer.wait(.seconds(10))
        #expect(peer.send(text: "x") == .message(.text))
        #expect(peer.send(text: "x").violatedCode == .policyViolation)
    }

    @Test func `takes any number of frames where the limit is lifted`() {
        var peer = Peer(dataFramesPerSecond: 0)
        for _ in 0..<10_000 { #expect(peer.send(.ping, []).violatedCode == nil) }
    }

    @Test func `is not confused by a clock that stands or goes back`() {
        var peer = Peer(dataFramesPerSecond: 1)
        peer.wait(.seconds(-5))
        for _ in 0..<2 { #expect(peer.send(text: "x") == .message(.text)) }
        peer.wait(.seconds(5))
        #expect(peer.send(text: "x").violatedCode == .policyViolation)
    }

    @Test func `data frames fill up while only control frames come, and the other way round`() {
        var peer = Peer(dataFramesPerSecond: 1)
        for _ in 0..<2 { _ = peer.send(text: "x") }
        peer.wait(.milliseconds(500))
        #expect(peer.send(.pong, []).violatedCode == nil)
        peer.wait(.milliseconds(500))
        #expect(peer.send(text: "x") == .message(.text))
        for _ in 0..<20 { #expect(peer.send(.pong, []).violatedCode == nil) }
        #expect(peer.send(.pong, []).violatedCode == .policyViolation)
    }

    @Test func `a peer's rules take 52 bytes`() {
        #expect(MemoryLayout<InboundRules>.size == 52)
    }
}
