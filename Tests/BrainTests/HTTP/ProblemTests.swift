import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import Testing

@testable import Brain

@Suite struct ProblemTests {
    private func text(of problem: Problem) -> String {
        problem.parts.reduce(into: "") { text, part in
            if case .body(.byteBuffer(let body)) = part { text += String(buffer: body) }
        }
    }

    @Test func `says type, title, status and detail, in that order`() {
        let text = self.text(of: Problem(.badRequest, "a \"b\""))
        #expect(text == #"{"type":"about:blank","title":"Bad Request","status":400,"detail":"a \"b\""}"#)
    }

    @Test func `is sent as a problem`() {
        let response = Problem.notFound.response
        #expect(response.status.code == 404)
        #expect(response.headers[.contentType] == "application/problem+json")
    }

    @Test func `a refusal's says what the refusal says, and when to come back`() throws {
        let refusal = Refusal.sessionsOfAddressExhausted(try address("10.0.0.1"), limit: 20)
        let problem = Problem(refusal)
        #expect(problem.status.code == 429)
        #expect(problem.status.reasonPhrase == "Too Many Requests")
        #expect(problem.detail == refusal.detail)
        #expect(problem.response.headers[.retryAfter] == "5")
        #expect(Problem(.hostMissing).response.headers[.retryAfter] == nil)
        #expect(Problem(.hostMissing).status.code == 421)
    }

    @Test func `a wrong method is told the right ones`() {
        let response = Problem.methodNotAllowed([.get, .head]).response
        #expect(response.status.code == 405)
        #expect(response.headers[.allow] == "GET, HEAD")
    }

    @Test func `a missing upgrade is told to which protocol and version`() {
        let response = Problem.upgradeRequired.response
        #expect(response.status.code == 426)
        #expect(response.headers[.upgrade] == "websocket")
        #expect(response.headers[.secWebSocketVersion] == "13")
    }

    @Test func `a database that is away is worth asking for again`() {
        let response = Problem.databaseAway().response
        #expect(response.status.code == 503)
        #expect(response.headers[.retryAfter] == "1")
    }

    @Test func `as parts it is a whole answer, the connection's last`() throws {
        let parts = Problem.unreadable.parts
        guard case .head(let head)? = parts.first, case .end? = parts.last else {
            Issue.record("no head, or no end")
            return
        }
        #expect(head.status == .badRequest)
        #expect(head.headers["Connection"] == ["close"])
        #expect(head.headers["Content-Type"] == ["application/problem+json"])
        #expect(head.headers["Content-Length"] == ["\(self.text(of: .unreadable).utf8.count)"])
    }
}
