import Testing

@testable import Runs

@Suite struct DecimalTextTests {
    @Test(arguments: [
        ("40", "40"), ("40.00", "40"), ("0.50", "0.5"), ("1e+20", "100000000000000000000"), ("-0", "0"),
        ("1.5e-7", "0.00000015"), ("1.5e-07", "0.00000015"), ("0", "0"), ("0.000", "0"), ("-0.00", "0"),
        ("-12.340", "-12.34"), ("+7", "7"), (".5", "0.5"), ("5.", "5"), ("007", "7"), ("100", "100"), ("1E3", "1000"),
        ("12.5e1", "125"), ("12.345e1", "123.45"), ("1234e-2", "12.34"), ("1200e-2", "12"), ("12e-2", "0.12"),
        ("0e999999999999", "0"), ("-1.50e0", "-1.5"), ("9007199254740993", "9007199254740993"),
    ])
    func `writes a number in decimal without trailing zeros`(text: String, expected: String) {
        #expect(DecimalText.normalized(text) == expected)
    }

    @Test(arguments: [
        "", "NaN", "Infinity", "-Infinity", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "1 ", " 1", "12%", "$1.00",
        "0x10",
        "--1", "1e5.0", "1e5x", "٣", "1_000", "1,5",
    ])
    func `gives nothing for what is no number`(text: String) {
        #expect(DecimalText.normalized(text) == nil)
    }

    @Test func `keeps every digit of the longest numeric`() {
        let longest = String(repeating: "9", count: 131_072) + "." + String(repeating: "1", count: 16_383)
        #expect(DecimalText.normalized(longest) == longest)
        #expect(DecimalText.normalized("1e-324")?.utf8.count == 326)
    }

    @Test(arguments: ["1e150000", "1e-150000", "1e99999999999999999999999999", "-1e-9223372036854775808"])
    func `gives nothing for an exponent that no numeric has`(text: String) {
        #expect(DecimalText.normalized(text) == nil)
    }

    @Test func `gives nothing for a text longer than any numeric`() {
        #expect(DecimalText.normalized(String(repeating: "1", count: 1_000_000)) == nil)
        #expect(DecimalText.normalized("1e" + String(repeating: "0", count: 149_000)) == "1")
    }
}
