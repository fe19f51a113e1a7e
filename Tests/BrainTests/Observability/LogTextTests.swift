import Testing

@testable import Brain

struct LogTextTests {
    @Test func `leaves 256 bytes as they are and cuts the next one`() {
        let text = String(repeating: "x", count: 256)
        #expect(LogText.shown(text) == text)
        #expect(LogText.shown(text + "y") == text + "…")
    }

    @Test func `cuts at a character`() {
        let text = String(repeating: "é", count: 200)
        #expect(LogText.shown("x" + text) == "x" + String(repeating: "é", count: 127) + "…")
        #expect(LogText.shown(String(repeating: "x", count: 254) + "😀") == String(repeating: "x", count: 254) + "…")
    }

    @Test func `cuts what is one character to the eye but thousands of bytes`() {
        #expect(LogText.shown("e" + String(repeating: "\u{301}", count: 9999)).utf8.count <= 259)
    }

    @Test func `escapes what has power over a terminal or a line`() {
        let text = "a\nb\r\n\t\u{1B}[2J\u{7F}\u{85}\u{2028}\u{202E}\u{0}é"
        #expect(LogText.shown(text) == "a\\nb\\r\\n\\t\\u001b[2J\\u007f\\u0085\\u2028\\u202e\\u0000é")
    }

    @Test func `takes a password out before it cuts`() {
        let text = "postgres://u:" + String(repeating: "p", count: 300) + "@h"
        #expect(LogText.shown(text) == "postgres://u:***@h")
    }
}
