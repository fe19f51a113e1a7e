import NIOWebSocket
import Testing
import WebSocket

@Suite struct ApplicationPingTests {
    @Test(arguments: [
        #"{"event":"ping"}"#,
        #" { "event" : "ping" } "#,
        #"{"id":[1,{"a":"}]"},2],"at":12.5e3,"event":"ping","last":null}"#,
        #"{"note":"a \" quote, and \\","event":"ping"}"#,
        #"{"event":"ping","type":"ping"}"#,
    ])
    func `answers an event ping in kind`(text: String) {
        var peer = Peer()
        #expect(peer.send(text: text) == .answerApplicationPing(event: true))
    }

    @Test(arguments: [
        #"{"type":"ping"}"#,
        #"{"event":"hello","type":"ping"}"#,
        "{\"type\":\"ping\",\r\n\t\"timestamp\":1}",
    ])
    func `answers a type ping in kind`(text: String) {
        var peer = Peer()
        #expect(peer.send(text: text) == .answerApplicationPing(event: false))
    }

    @Test(arguments: [
        "", "{", "{}", "ping", #""ping""#, #"["event","ping"]"#, #"{"event":"ping""#, #"{"event":"ping"}}"#,
        #"{"event":"ping"} x"#, #"{"event":"pong"}"#, #"{"event":["ping"]}"#, #"{"data":{"event":"ping"}}"#,
        #"{"ping":"event"}"#, #"{"event" "ping"}"#, #"{"event":"ping" "type"}"#, #"{"event":"ping","#,
        #"{"event":"ping\"}"#,
    ])
    func `takes any other text for a message`(text: String) {
        var peer = Peer()
        #expect(peer.send(text: text) == .message(.text))
    }

    @Test func `answers a ping that came in fragments`() {
        var peer = Peer()
        _ = peer.send(.text, #"{"event":"#.utf8, fin: false)
        #expect(peer.send(.continuation, #""ping"}"#.utf8) == .answerApplicationPing(event: true))
    }

    @Test func `looks for a ping in texts of at most 256 bytes, and never in binary`() {
        let ping = #"{"event":"ping"}"#
        var peer = Peer()
        let padding = String(repeating: " ", count: 256 - ping.utf8.count)
        #expect(peer.send(text: ping + padding) == .answerApplicationPing(event: true))
        #expect(peer.send(text: ping + padding + " ") == .message(.text))
        #expect(peer.send(.binary, ping.utf8) == .message(.binary))
    }
}
