import Brain
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"),
        ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("FE80::0001", "fe80::1"),
        ("::ffff:10.0.0.1", "10.0.0.1"), ("::FFFF:0a00:0001", "10.0.0.1"), ("0:0:0:0:0:ffff:127.0.0.1", "127.0.0.1"),
        ("fe80::1%eth0", "fe80::1"), ("fe80::1%25eth0", "fe80::1"), ("::ffff:10.0.0.1%eth0", "10.0.0.1"),
        ("64:ff9b::10.0.0.1", "64:ff9b::a00:1"),
    ])
    func `an address prints in its canonical form`(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
    }

    @Test(arguments: [
        "", " ", "localhost", "10.0.0", "127.1", "2130706433", "0x7f.0.0.1", "010.0.0.1", "10.0.0.256", "10.0.0.1.",
        "10.0.0.1 ", " 10.0.0.1", "10.0.0.1:80", "10.0.0.1%eth0", "10.0.0.1\0", "10.0.0.1\0.evil", "10.0.0.1/8",
        "[::1]", "::1%", "::1%eth 0", "::1%<b>", ":::", "1::2::3", "12345::", "::1\n", "\u{0661}0.0.0.1",
        "10.0.0.1\u{301}", "\u{FF11}0.0.0.1", String(repeating: "1", count: 100_000),
        String(repeating: ":", count: 100_000),
    ])
    func `what inet_pton would not take is no address`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `both notations of an IPv4 address are one key`() throws {
        let plain = try #require(IPAddress("192.168.1.9"))
        let mapped = try #require(IPAddress("::ffff:192.168.1.9"))
        #expect(Set([plain, mapped]).count == 1)
        #expect(IPAddress("::192.168.1.9") != plain)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.255.254", true), ("::1", true), ("::ffff:127.9.9.9", true),
        ("126.255.255.255", false), ("128.0.0.0", false), ("::2", false), ("0.0.0.0", false), ("::", false),
        ("::127.0.0.1", false), ("10.0.0.1", false),
    ])
    func `loopback is 127.0.0.0/8 and ::1`(text: String, expected: Bool) throws {
        #expect(try #require(IPAddress(text)).isLoopback == expected)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("::1", true), ("10.255.255.255", true), ("9.255.255.255", false), ("11.0.0.0", false),
        ("172.15.255.255", false), ("172.16.0.0", true), ("172.31.255.255", true), ("172.32.0.0", false),
        ("192.167.255.255", false), ("192.168.0.0", true), ("192.169.0.0", false), ("169.254.7.7", true),
        ("169.253.255.255", false), ("fe80::1", true), ("febf::1", true), ("fec0::1", false), ("fe7f::1", false),
        ("fc00::1", true), ("fdff::1", true), ("fbff::1", false), ("fe00::1", false), ("::ffff:192.168.0.1", true),
        ("8.8.8.8", false), ("::ffff:8.8.8.8", false), ("100.64.0.1", false), ("2001:db8::1", false),
    ])
    func `private are loopback, RFC 1918, link-local and ULA`(text: String, expected: Bool) throws {
        #expect(try #require(IPAddress(text)).isPrivate == expected)
    }
}
