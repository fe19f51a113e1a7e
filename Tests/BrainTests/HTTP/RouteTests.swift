import HTTPTypes
import Testing

@testable import Brain

@Suite struct RouteTests {
    @Test(
        arguments: [
            ("/ws", .socket), ("/api/health", .health), ("/api/ready?x=1", .ready), ("/api/runs", .runs),
            ("/api/runs/test-run-1", .run(id: "test-run-1")), ("/api/runs/a%2Fb", .run(id: "a/b")),
            ("/api/debug/sessions", .sessions), ("/api/debug/sessions/s-000007", .session(id: "s-000007")),
            ("/api/debug/tree", .tree), ("/api/debug/audit", .audit), ("/api/debug/faults", .faults),
            ("/%61pi/health", .health),
        ] as [(String, Route)]
    )
    func `knows its paths`(path: String, route: Route) {
        #expect(Route(RequestTarget(path)) == route)
    }

    @Test(arguments: [
        "/", "/api", "/api/health/", "/api/runs/", "/api/runs/a/b", "/api/debug", "/api/debug/sessions/",
        "/api%2Fhealth", "/API/health", "//api/health", "/ws/", "http://localhost/ws", "/api/debug/tree/x",
    ])
    func `knows no other`(path: String) {
        #expect(Route(RequestTarget(path)) == nil)
    }

    @Test func `each is answered with the contract's methods, and HEAD where GET is`() {
        let reading: [HTTPRequest.Method] = [.get, .head]
        for route in [Route.health, .ready, .sessions, .tree] { #expect(route.methods == reading) }
        for route in [Route.runs, .audit] { #expect(route.methods == reading + [.post]) }
        #expect(Route.run(id: "").methods == reading + [.patch])
        #expect(Route.session(id: "").methods == reading + [.delete])
        #expect(Route.faults.methods == [.post])
    }

    @Test(arguments: [
        ("POST", "/api/debug/audit", true), ("DELETE", "/api/debug/sessions/s-000001", true),
        ("POST", "/%61pi/d%65bug/audit?x", true), ("POST", "/api/debug/nowhere", true),
        ("GET", "/api/debug/sessions", false), ("POST", "/api/runs", false), ("PATCH", "/api/runs/r1", false),
        ("POST", "/api/debugger", false),
    ])
    func `POST and DELETE under debug are administration, however the path is written`(
        method: String,
        target: String,
        isAdministration: Bool
    ) {
        #expect(Route.isAdministration(method: method, target: target) == isAdministration)
    }
}
