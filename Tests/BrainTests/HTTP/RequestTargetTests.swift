import HTTPTypes
import Testing

@testable import Brain

@Suite struct RequestTargetTests {
    @Test(arguments: [
        ("/", [""]), ("/api/runs", ["api", "runs"]), ("/api/runs/", ["api", "runs", ""]),
        ("/api//runs", ["api", "", "runs"]), ("/a%20b/%c3%A9", ["a b", "é"]), ("/a%2Fb", ["a/b"]), ("/a+b", ["a+b"]),
    ])
    func `decodes the path's segments after they are split`(text: String, segments: [String]) {
        #expect(RequestTarget(text).segments == segments)
    }

    @Test(arguments: ["", "api", "http://localhost/ws", "*", "/%", "/%4", "/%zz", "/a/%FF", "/%C3%28"])
    func `has no segments where the path is broken`(text: String) {
        #expect(RequestTarget(text).segments == nil)
    }

    @Test func `keeps the path as it was sent, without the query`() {
        let target = RequestTarget("/%77s?snapshot=active?x")
        #expect(target.path == "/%77s")
        #expect(target.query == ["snapshot": "active?x"])
    }

    @Test func `reads the query, plus as a space, each name's first value`() {
        let target = RequestTarget("/?a=1+2&b&a=3&c=%2B%26&=x&&d=e=f")
        #expect(target.query == ["a": "1 2", "b": "", "c": "+&", "": "x", "d": "e=f"])
    }

    @Test func `leaves out of the query what is broken`() {
        #expect(RequestTarget("/?a=%f&b=%FF&%=1&c=2").query == ["c": "2"])
    }

    @Test func `a number is the default where none is given`() throws {
        #expect(try RequestTarget("/").number("limit", default: 100, in: 1...1000) == 100)
        #expect(try RequestTarget("/?limit=7").number("limit", default: 100, in: 1...1000) == 7)
        #expect(try RequestTarget("/?limit=1000").number("limit", default: 100, in: 1...1000) == 1000)
    }

    @Test(arguments: ["", "0", "1001", "x", "1.5", "99999999999999999999"])
    func `a number that doesn't fit is a 400 that names the bounds`(text: String) throws {
        let target = RequestTarget("/?limit=\(text)")
        let problem = #expect(throws: Problem.self) { try target.number("limit", default: 100, in: 1...1000) }
        #expect(problem?.status == .badRequest)
        #expect(problem?.detail == "limit must be a whole number from 1 to 1000.")
    }
}
