import Testing

@testable import Brain

/// What clients send before they are sessions never traps: targets, headers, bodies.
@Suite struct RequestFuzzTests {
    private static let seeds = 0..<20 as Range<UInt64>

    @Test(arguments: Self.seeds)
    func `any target has a route, or none`(seed: UInt64) {
        var mutations = Mutations(seed: seed)
        let sound = [
            "/api/runs?status=running&limit=10&cursor=WyIyMDI2IiwiYSJd", "/api/debug/sessions/s-000007",
            "/ws?snapshot=active",
        ]
        for _ in 0..<200 {
            let target = RequestTarget(mutations.text(of: mutations.one(of: sound)))
            if let route = Route(target) { #expect(!route.methods.isEmpty) }
            _ = try? target.number("limit", default: 1, in: 1...1000)
            if let text = target.query["cursor"], let cursor = RunCursor(text) { _ = cursor.text }
            if case .session(let name)? = Route(target), let id = SessionID(name) { #expect("\(id)" == name) }
        }
    }

    @Test(arguments: Self.seeds)
    func `any Host, Origin and X-Forwarded-For is admitted or refused in words`(seed: UInt64) throws {
        var mutations = Mutations(seed: seed)
        let gate = Gate.sample { rules in
            rules.trustedProxies = [CIDR("127.0.0.0/8")].compactMap { $0 }
            rules.allowedHosts = ["brain.example"]
        }
        for _ in 0..<100 {
            let verdict = gate.judge(
                try .sample { request in
                    request.hosts = [mutations.text(of: mutations.one(of: ["[::1]:5221", "brain.example:80"]))]
                    request.origins = [mutations.text(of: "https://brain.example:8443")]
                    request.forwardedFor = [mutations.text(of: "10.0.0.1:52100, [fe80::1%eth0]:1, ::ffff:10.0.0.2")]
                }
            )
            if case .refused(let refusal) = verdict { #expect(!refusal.detail.contains("\n")) }
        }
    }

    @Test(arguments: Self.seeds)
    func `any address and range is read or not`(seed: UInt64) throws {
        var mutations = Mutations(seed: seed)
        let sound = ["10.0.0.0/8", "2001:db8::/32", "::ffff:10.0.0.0/104", "fe80::1%eth0", "::/0", "0.0.0.0/0"]
        for _ in 0..<200 {
            let text = mutations.text(of: mutations.one(of: sound))
            _ = CIDR(text)
            if let address = IPAddress(text) { #expect(IPAddress("\(address)") == address) }
        }
    }

    @Test(arguments: Self.seeds)
    func `any body is a draft, or refused in words`(seed: UInt64) {
        var mutations = Mutations(seed: seed)
        let sound = """
            {"id":"a\\u00e9","status":"running","progress":40.5e1,"error":null,\
            "started_at":"2026-02-06T01:30:00.5+01:00"}
            """
        for _ in 0..<200 {
            do throws(RunDraftFaults) {
                let body = mutations.bytes(of: Array(sound.utf8))
                _ = try RunDraft.parse(body, for: mutations.one(of: [.create, .patch]))
            } catch {
                #expect(!error.faults.isEmpty)
            }
        }
    }
}
