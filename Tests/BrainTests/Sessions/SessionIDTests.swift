import Testing

@testable import Brain

@Suite struct SessionIDTests {
    @Test(arguments: [(1, "s-000001"), (7, "s-000007"), (999_999, "s-999999"), (1_000_000, "s-1000000")])
    func `has six digits at least, and reads what it prints`(number: UInt64, text: String) {
        #expect(SessionID(number: number).description == text)
        #expect(SessionID(text) == SessionID(number: number))
    }

    @Test(arguments: [
        "", "s-", "s-7", "s-0000007", "s-00000x", "S-000007", "s-+00007", "s--00007", "s-000007 ", "000007",
    ])
    func `reads nothing else`(text: String) {
        #expect(SessionID(text) == nil)
    }

    @Test func `a number beyond 64 bits is no name`() {
        #expect(SessionID("s-18446744073709551615")?.number == .max)
        #expect(SessionID("s-18446744073709551616") == nil)
    }

    @Test func `is ordered by number, not by text`() {
        #expect(SessionID(number: 999_999) < SessionID(number: 1_000_000))
    }
}
