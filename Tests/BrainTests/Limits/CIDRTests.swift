import Brain
import Testing

@Suite struct CIDRTests {
    @Test(arguments: [
        ("203.0.113.0/24", "203.0.113.255", true), ("203.0.113.0/24", "203.0.114.0", false),
        ("203.0.113.77/24", "203.0.113.1", true), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
        ("::/0", "2001:db8::1", true), ("::/0", "8.8.8.8", false), ("8.8.8.8", "8.8.8.8", true),
        ("8.8.8.8", "8.8.8.9", false), ("8.8.8.8/32", "8.8.8.8", true), ("8.8.8.8/31", "8.8.8.9", true),
        ("2001:db8::1", "2001:db8::1", true), ("2001:db8::1", "2001:db8::2", false),
        ("2001:db8::/33", "2001:db8:7fff::", true), ("2001:db8::/33", "2001:db8:8000::", false),
        ("::ffff:203.0.113.0/120", "203.0.113.9", true), ("::ffff:203.0.113.0/120", "203.0.114.9", false),
        ("::ffff:0:0/96", "8.8.8.8", true), ("::ffff:8.8.8.8", "8.8.8.9", false),
        ("203.0.113.0/24", "::ffff:203.0.113.9", true),
    ])
    func `a range holds the addresses that share its prefix`(range: String, text: String, expected: Bool) throws {
        let address = try #require(IPAddress(text))
        #expect(try #require(CIDR(range)).contains(address) == expected)
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/ 8",
        "10.0.0.0/8 ", "10.0.0.0/255.0.0.0", "10.0.0.0/99999999999999999999", "::/129", "10/8", "any", "localhost/8",
        "::ffff:10.0.0.0/8", "::ffff:10.0.0.0/95", "::ffff:10.0.0.0/129", "10.0.0.0/8\0", "10.0.0.0/\u{0668}",
    ])
    func `anything else is no range`(text: String) {
        #expect(CIDR(text) == nil)
    }

    @Test func `ranges that hold the same addresses are equal`() {
        #expect(CIDR("10.1.2.3/8") == CIDR("::ffff:10.0.0.0/104"))
        #expect(CIDR("10.0.0.0/8") != CIDR("10.0.0.0/9"))
        #expect(CIDR("::/0") != CIDR("0.0.0.0/0"))
    }
}
