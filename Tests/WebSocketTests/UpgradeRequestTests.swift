import NIOHTTP1
import Testing
import WebSocket

extension HTTPRequestHead {
    /// The request of RFC 6455 §1.3.
    static func upgrade(_ headers: [(String, String)] = [], without name: String = "") -> HTTPRequestHead {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/ws")
        head.headers = [
            "Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13",
        ]
        for (name, value) in headers { head.headers.replaceOrAdd(name: name, value: value) }
        head.headers.remove(name: name)
        return head
    }
}

@Suite struct UpgradeRequestTests {
    @Test func `takes the request of RFC 6455`() {
        #expect(UpgradeRequest(.upgrade()) == .valid)
    }

    @Test func `compares tokens without regard to case, in a list too`() {
        let head = HTTPRequestHead.upgrade([("Connection", "keep-alive, UPGRADE"), ("Upgrade", "h2c, WebSocket")])
        #expect(UpgradeRequest(head) == .valid)
    }

    @Test(arguments: ["Upgrade", "Connection"])
    func `takes a request without one of the two tokens for a plain one`(name: String) {
        #expect(UpgradeRequest(.upgrade(without: name)) == .notAnUpgrade)
        #expect(UpgradeRequest(.upgrade([(name, "keep-alive")])) == .notAnUpgrade)
    }

    @Test func `takes another method, HTTP 1.0, and a body for a plain request`() {
        var head = HTTPRequestHead.upgrade()
        head.method = .POST
        #expect(UpgradeRequest(head) == .notAnUpgrade)
        head = .upgrade()
        head.version = .http1_0
        #expect(UpgradeRequest(head) == .notAnUpgrade)
        #expect(UpgradeRequest(.upgrade([("Content-Length", "5")])) == .notAnUpgrade)
        #expect(UpgradeRequest(.upgrade([("Transfer-Encoding", "chunked")])) == .notAnUpgrade)
        #expect(UpgradeRequest(.upgrade([("Content-Length", "0")])) == .valid)
    }

    @Test(arguments: ["8", "013", "", "13, 8"])
    func `names another version wrong`(version: String) {
        #expect(UpgradeRequest(.upgrade([("Sec-WebSocket-Version", version)])) == .wrongVersion)
    }

    @Test func `names a missing version wrong, before it looks at the key`() {
        var head = HTTPRequestHead.upgrade(without: "Sec-WebSocket-Version")
        head.headers.remove(name: "Sec-WebSocket-Key")
        #expect(UpgradeRequest(head) == .wrongVersion)
    }

    @Test(arguments: [
        "", "short", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZ!==",
        "dGhlIHNhbXBsZSBub25jZWQ0", "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jé==",
    ])
    func `refuses a key that is not 16 bytes in base64`(key: String) {
        guard case .malformed = UpgradeRequest(.upgrade([("Sec-WebSocket-Key", key)])) else {
            Issue.record("\(key) passed for a key")
            return
        }
    }

    @Test func `refuses a missing key`() {
        #expect(UpgradeRequest(.upgrade(without: "Sec-WebSocket-Key")) != .valid)
    }
}
