import Testing
import WebSocket

@testable import Brain

@Suite struct SessionSizeTests {
    @Test func `what a session holds of its own while nothing happens takes 148 bytes`() {
        let sizes = [
            MemoryLayout<Mailbox>.size, MemoryLayout<PushBudget>.size, MemoryLayout<InboundRules>.size,
            MemoryLayout<Heartbeat>.size, MemoryLayout<OwedPongs>.size,
        ]
        #expect(sizes.reduce(0, +) <= 148)
    }
}
