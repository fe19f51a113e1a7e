import Testing

@testable import Brain

@Suite struct JSONValueTests {
    @Test func `keeps the order of members, and escapes names and texts`() {
        let value = JSONValue.object([
            ("b", .integer(-1)), ("a\"", .string("x\n\\é")), ("c", .array([.null, .bool(true), .bool(false)])),
            ("d", .raw("{\"e\":1}")), ("f", .object([])), ("g", .array([])),
        ])
        let text = #"{"b":-1,"a\"":"x\n\\é","c":[null,true,false],"d":{"e":1},"f":{},"g":[]}"#
        #expect(value.text == text)
    }

    @Test func `what isn't there is null`() {
        #expect(JSONValue.optional(nil).text == "null")
        #expect(JSONValue.optional("x").text == "\"x\"")
    }

    @Test(arguments: [
        (1.23456, "1.235"), (0, "0.0"), (0.0004, "0.0"), (0.001, "0.001"), (123_456_789_012.5, "123456789012.5"),
        (-2.5, "-2.5"), (.nan, "null"), (.infinity, "null"), (-.infinity, "null"), (1e15, "null"), (1e300, "null"),
    ])
    func `a decimal has three digits, no exponent, and is null where JSON has no number for it`(
        value: Double,
        text: String
    ) {
        #expect(JSONValue.decimal(value).text == text)
    }

    @Test func `durations and moments are in the contract's units`() {
        #expect(JSONValue.milliseconds(.microseconds(210)).text == "0.21")
        #expect(JSONValue.seconds(.milliseconds(12_500)).text == "12.5")
        #expect(JSONValue.time(1_770_341_400_000).text == "\"2026-02-06T01:30:00.000Z\"")
    }
}
