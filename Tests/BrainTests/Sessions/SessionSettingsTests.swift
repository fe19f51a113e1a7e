import Testing
import WebSocket

@testable import Brain

@Suite struct SessionSettingsTests {
    @Test func `the defaults are the contract's`() {
        let (settings, configured) = (SessionSettings(), SessionSettings(Configuration()))
        for settings in [settings, configured] {
            #expect(settings.mailbox.runs == 65_536 && settings.mailbox.bytes == 16 << 20)
            #expect(settings.maxPushRate == 2000)
            #expect(settings.heartbeat.pingInterval == .seconds(25))
            #expect(settings.heartbeat.pongTimeout == .seconds(10) && settings.heartbeat.writeStall == .seconds(10))
            #expect(settings.inbound == InboundLimits())
        }
    }

    @Test func `each is taken from the configuration`() {
        var configuration = Configuration()
        (configuration.push.queueRuns, configuration.push.queueBytes) = (1, 2)
        configuration.push.maxPushRate = 3
        configuration.push.writeStall = .seconds(4)
        (configuration.heartbeat.pingInterval, configuration.heartbeat.pongTimeout) = (.seconds(5), .seconds(6))
        (configuration.inbound.maxMessageBytes, configuration.inbound.inboundRate) = (7, 8)
        let settings = SessionSettings(configuration)
        #expect((settings.mailbox.runs, settings.mailbox.bytes) == (1, 2))
        #expect(settings.maxPushRate == 3)
        #expect(settings.heartbeat.writeStall == .seconds(4))
        #expect((settings.heartbeat.pingInterval, settings.heartbeat.pongTimeout) == (.seconds(5), .seconds(6)))
        #expect(settings.inbound == InboundLimits(maxMessageBytes: 7, dataFramesPerSecond: 8))
    }
}
