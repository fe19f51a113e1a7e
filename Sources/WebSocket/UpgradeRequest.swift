package import NIOHTTP1

/// What the head of a request is to a WebSocket server (RFC 6455 §4.2.1), whatever its path and origin.
package enum UpgradeRequest: Sendable, Equatable {
    /// A plain request: one that doesn't ask for WebSocket, or can't: not a GET of HTTP/1.1, or one with a body.
    case notAnUpgrade
    /// To be answered with 426 and `Sec-WebSocket-Version: 13`: another version, none, or several (RFC 6455 §4.4).
    case wrongVersion
    /// To be answered with 400.
    case malformed(reason: String)
    /// What NIO's upgrader accepts.
    case valid

    /// The one version there is (RFC 6455 §4.1), as text for the `Sec-WebSocket-Version` of an answer.
    package static let version = "13"

    /// Judges the head alone.
    package init(_ head: HTTPRequestHead) {
        guard Self.asksForWebSocket(head) else {
            self = .notAnUpgrade
            return
        }
        guard head.headers[canonicalForm: "Sec-WebSocket-Version"] == [Self.version[...]] else {
            self = .wrongVersion
            return
        }
        let keys = head.headers[canonicalForm: "Sec-WebSocket-Key"]
        let isKeyed = keys.count == 1 && keys.allSatisfy(Self.isKey)
        self = isKeyed ? .valid : .malformed(reason: "Sec-WebSocket-Key must be 16 bytes in base64")
    }

    private static func asksForWebSocket(_ head: HTTPRequestHead) -> Bool {
        head.method == .GET && head.version == .http1_1 && !Self.hasBody(head)
            && Self.names("upgrade", in: head.headers[canonicalForm: "Connection"])
            && Self.names("websocket", in: head.headers[canonicalForm: "Upgrade"])
    }

    private static func hasBody(_ head: HTTPRequestHead) -> Bool {
        head.headers.contains(name: "Transfer-Encoding") || head.headers["Content-Length"].contains { $0 != "0" }
    }

    /// Tokens are compared without regard to case (RFC 9110 §7.6.1, §7.8).
    private static func names(_ token: String, in list: [Substring]) -> Bool {
        list.contains { $0.lowercased() == token }
    }

    /// 16 bytes in base64 are 22 characters of its alphabet and two of padding (RFC 4648 §4).
    private static func isKey(_ text: Substring) -> Bool {
        text.utf8.count == 24 && text.hasSuffix("==") && text.utf8.dropLast(2).allSatisfy(Self.isBase64)
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "A"..."Z", "a"..."z", "0"..."9", "+", "/": true
        default: false
        }
    }
}
