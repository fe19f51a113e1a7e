import Brain
import Testing

@Suite struct RefusalTests {
    private static let peer = IPAddress("203.0.113.9")

    private static let all: [(refusal: Refusal, status: Int, title: String, setting: String?)] =
        Self.peer.map {
            [
                (.addressNotAllowed($0), 403, "Forbidden", "--allow-cidr"),
                (.administrationNotAllowed($0), 403, "Forbidden", "--admin-cidr"),
                (.forwardedByStranger($0), 403, "Forbidden", "--trusted-proxy"),
                (.clientUnknown(proxy: $0), 403, "Forbidden", "--trusted-proxy"),
                (.hostMissing, 421, "Misdirected Request", nil),
                (.hostRepeated, 421, "Misdirected Request", nil),
                (.hostNotAllowed("evil"), 421, "Misdirected Request", "--allowed-host"),
                (.originRepeated, 403, "Forbidden", nil),
                (.originNotAllowed("evil"), 403, "Forbidden", "--allowed-origin"),
                (.rateExceeded($0, wait: .seconds(1)), 429, "Too Many Requests", "--connect-rate-per-ip"),
                (.sessionsOfAddressExhausted($0, limit: 20), 429, "Too Many Requests", "--max-connections-per-ip"),
                (.sessionsExhausted(limit: 7), 503, "Service Unavailable", "--max-connections allows"),
                (.connectionsOfAddressExhausted($0, limit: 64), 429, "Too Many Requests", "--trusted-proxy"),
                (.connectionsExhausted(limit: 9), 503, "Service Unavailable", nil),
            ]
        } ?? []

    @Test func `each refusal has its status, and names the setting that would change it`() {
        #expect(Set(Self.all.map(\.refusal.reason)) == Set(Refusal.Reason.allCases))
        for expected in Self.all {
            #expect(expected.refusal.status == expected.status)
            #expect(expected.refusal.title == expected.title)
            #expect(!expected.refusal.detail.isEmpty)
            if let setting = expected.setting { #expect(expected.refusal.detail.contains(setting)) }
        }
    }

    @Test func `whoever waits for a place is told for how long, and nobody else`() {
        for expected in Self.all {
            let isAboutPlaces = expected.status == 429 || expected.status == 503
            #expect((expected.refusal.retryAfterSeconds != nil) == isAboutPlaces)
        }
    }

    @Test(arguments: [
        (Duration.zero, 1), (.nanoseconds(1), 1), (.seconds(1), 1), (.milliseconds(1001), 2),
        (.seconds(86_400), 86_400),
    ])
    func `a wait is told in whole seconds, rounded up`(wait: Duration, seconds: Int) throws {
        #expect(Refusal.rateExceeded(try address("::1"), wait: wait).retryAfterSeconds == seconds)
    }

    @Test func `what the other side sent is cut, and shown as printable ASCII`() {
        let hostile = "a\r\nb\0\u{1B}[31m\u{202E}" + String(repeating: "x", count: 100_000)
        for refusal in [Refusal.hostNotAllowed(hostile), .originNotAllowed(hostile)] {
            #expect(refusal.detail.utf8.allSatisfy { (0x20...0x7E).contains($0) })
            #expect(refusal.detail.contains("\"a??b??[31m???xxx"))
            #expect(refusal.detail.utf8.count < 400)
        }
    }
}
