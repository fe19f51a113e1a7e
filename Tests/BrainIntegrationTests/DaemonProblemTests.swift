import Brain
import BrainTestKit
import Testing

/// Errors of the HTTP API: their status, their form, their order (contract §2).
@Suite(.timeLimit(.minutes(5)))
struct DaemonProblemTests {
    @Test
    func `refuses each body that doesn't fit, and says why`() async throws {
        let bodies = [
            #"{"id":"a","colour":"red"}"#, #"{"created_at":"2026-02-06T01:30:00Z"}"#, #"{"id":null}"#, #"{"id":""}"#,
            #"{"status":"strange"}"#, #"{"status":7}"#, #"{"progress":"7"}"#, #"{"progress":1e999}"#,
            #"{"agent":["a"]}"#,
            #"{"started_at":"yesterday"}"#, #"{"error":"nul \u0000"}"#, #"{"agent":"a","agent":"b"}"#, "[]", "null", "",
            "{",
            #"{"id":"a"} x"#, "{\"agent\":\"\u{FFFD}\u{1}\"}",
        ]
        try await withDaemon { daemon in
            let client = try await daemon.connect()
            for body in bodies {
                let answer = try await daemon.send("POST", "/api/runs", body)
                #expect(answer.status == 400 && answer.isProblem, "\(body): \(answer.status) \(answer.body)")
            }
            #expect(try await daemon.send("PATCH", "/api/runs/a", #"{"id":"b"}"#).status == 400)
            #expect(try await daemon.settled(client).isEmpty)
        }
    }

    @Test
    func `answers 405 with what is allowed`() async throws {
        let routes = [
            ("/api/health", "GET, HEAD"), ("/api/ready", "GET, HEAD"), ("/api/runs", "GET, HEAD, POST"),
            ("/api/runs/a", "GET, HEAD, PATCH"), ("/api/debug/sessions", "GET, HEAD"),
            ("/api/debug/sessions/s-000001", "GET, HEAD, DELETE"), ("/api/debug/tree", "GET, HEAD"),
            ("/api/debug/audit", "GET, HEAD, POST"),
        ]
        try await withDaemon { daemon in
            for (target, allowed) in routes {
                for method in ["PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "POST", "PATCH"]
                where !allowed.contains(method) {
                    let answer = try await daemon.send(method, target)
                    #expect(answer.status == 405 && answer.isProblem, "\(method) \(target): \(answer.status)")
                    #expect(answer.header("Allow") == allowed)
                }
            }
        }
    }

    @Test
    func `answers HEAD as GET, without the body`() async throws {
        try await withDaemon { daemon in
            for target in ["/api/health", "/api/ready", "/api/runs", "/api/debug/sessions", "/nothing"] {
                let head = try await daemon.send("HEAD", target)
                let get = try await daemon.send("GET", target)
                #expect(head.status == get.status && head.body.isEmpty, "\(target): \(head.body)")
                #expect(head.header("Content-Type") == get.header("Content-Type"))
            }
        }
    }

    @Test
    func `takes only JSON, of a MiB at most`() async throws {
        let large = #"{"id":"a","error":""# + String(repeating: "e", count: 1 << 20) + #""}"#
        try await withDaemon { daemon in
            for type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
                let answer = try await daemon.send("POST", "/api/runs", "{}") { $0["Content-Type"] = type }
                #expect(answer.status == 415 && answer.isProblem, "\(type)")
            }
            #expect(try await daemon.send("POST", "/api/runs", "{}", with: ["Content-Type": nil]).status == 415)
            let typed = try await daemon.send("POST", "/api/runs", "{}") {
                $0["Content-Type"] = "Application/JSON; charset=utf-8"
            }
            #expect(typed.status == 201)
            let fitting = String(large.dropLast(30)) + #""}"#
            #expect(try await daemon.send("POST", "/api/runs", fitting).status == 201)
            let answer = try await daemon.send("POST", "/api/runs", large)
            #expect(answer.status == 413 && answer.isProblem)
        }
    }

    @Test
    func `refuses a chunked body over a MiB`() async throws {
        try await withDaemon { daemon in
            let answer = try await daemon.send("POST", "/api/runs", "") { request in
                request["Content-Length"] = nil
                request["Transfer-Encoding"] = "chunked"
                let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 0x20, count: 0x10000) + Array("\r\n".utf8)
                request.trailing = Array(repeatElement(chunk, count: 17).joined()) + Array("0\r\n\r\n".utf8)
            }
            #expect(answer.status == 413 && answer.isProblem)
        }
    }

    @Test
    func `checks route, method, size, media type and content in this order`() async throws {
        try await withDaemon { daemon in
            let large = String(repeating: " ", count: (1 << 20) + 1)
            let cases = [
                ("PROPFIND", "/nothing", large, 404), ("PUT", "/api/runs", large, 405),
                ("POST", "/api/runs", large, 413),
                ("POST", "/api/runs", "nonsense", 415),
            ]
            for (method, target, body, status) in cases {
                let answer = try await daemon.send(method, target, body, with: ["Content-Type": "text/plain"])
                #expect(answer.status == status && answer.isProblem, "\(method) \(target): \(answer.status)")
            }
            #expect(try await daemon.send("PATCH", "/api/runs/none", "nonsense").status == 400)
        }
    }

    @Test
    func `answers what is no HTTP with 400, and closes`() async throws {
        try await withDaemon { daemon in
            let long = String(repeating: "x", count: 40_000)
            for bytes in ["nonsense\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nLong: \(long)\r\n\r\n"] {
                let answer = try await daemon.conversation(bytes)
                #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
                #expect(answer.contains("application/problem+json"))
            }
            #expect(
                try await daemon.conversation("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").hasPrefix("HTTP/1.1 421 ")
            )
        }
    }

    @Test
    func `answers one request after the other on the same connection`() async throws {
        try await withDaemon { daemon in
            let one = "GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let bad = "GET /api/health HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n"
            let last = "GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            let answers = try await daemon.conversation(one + bad + one + last)
            #expect(
                answers.matches(of: /HTTP\/1\.1 (\d+)/).map { String($0.output.1) } == ["200", "403", "200", "404"]
            )
        }
    }
}
