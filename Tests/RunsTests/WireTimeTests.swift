import Foundation
import Testing

@testable import Runs

@Suite struct WireTimeTests {
    @Test(arguments: [
        ("2026-02-06 01:30:00.123456+00", "2026-02-06T01:30:00.123Z"),
        ("2026-02-06 01:30:00+00", "2026-02-06T01:30:00.000Z"),
        ("2026-02-06 01:30:00", "2026-02-06T01:30:00.000Z"),
        ("2026-02-06 01:30:00.9999", "2026-02-06T01:30:00.999Z"),
        ("2026-02-06 01:30:00.5", "2026-02-06T01:30:00.500Z"),
        ("2026-02-06 01:30:00.05", "2026-02-06T01:30:00.050Z"),
        ("2026-02-06", "2026-02-06T00:00:00.000Z"),
        ("2026-02-06 01:30:00+05:30", "2026-02-05T20:00:00.000Z"),
        ("2026-02-06 20:30:00.25-03:30", "2026-02-07T00:00:00.250Z"),
        ("1880-01-01 00:00:00-00:01:15", "1880-01-01T00:01:15.000Z"),
        ("2026-02-06T01:30:00Z", "2026-02-06T01:30:00.000Z"),
        ("2024-02-29 23:59:59.999999+00", "2024-02-29T23:59:59.999Z"),
        ("1969-12-31 23:59:59.9995+00", "1969-12-31T23:59:59.999Z"),
        ("0001-01-01 00:00:00+00", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31 23:59:59.999999+00", "9999-12-31T23:59:59.999Z"),
    ])
    func `turns a time of PostgreSQL into UTC, cut to milliseconds`(text: String, expected: String) {
        #expect(WireTime.text(postgres: text) == expected)
    }

    @Test(arguments: [
        "", "infinity", "-infinity", "0044-03-15 12:00:00+00 BC", "0044-03-15 BC", "10000-01-01 00:00:00+00",
        "294276-12-31 23:59:59.999999+00", "0000-01-01", "0001-01-01 00:00:00+05:30", "9999-12-31 23:59:59-01",
        "2026-02-30", "2025-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-2-6", "2026-02-06 ",
        "2026-02-06 24:00:00", "2026-02-06 01:60:00", "2026-02-06 01:30:60", "2026-02-06 01:30", "2026-02-06 01:30:00.",
        "2026-02-06 01:30:00+", "2026-02-06 01:30:00+5", "2026-02-06 01:30:00+05:", "2026-02-06 01:30:00+05:60",
        "2026-02-06 01:30:00 UTC", "2026-02-06 01:30:00+00 ", "now", "06/02/2026", "-026-02-06", "２０26-02-06", "\0",
    ])
    func `gives nothing for a time that has no place in a message`(text: String) {
        #expect(WireTime.text(postgres: text) == nil)
    }

    @Test func `agrees with Foundation from the year 1 to 9999`() throws {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        var generator = Seeded(seed: 7)
        for _ in 0..<2_000 {
            // Foundation's calendar is Julian before 1582.
            let milliseconds = Int64.random(in: -12_200_000_000_000...253_402_300_799_999, using: &generator)
            let text = WireTime.text(milliseconds: milliseconds)
            let date = try Date(text, strategy: style)
            #expect(Int64((date.timeIntervalSince1970 * 1_000).rounded()) == milliseconds)
            #expect(WireTime.text(postgres: text) == text)
        }
    }

    @Test func `writes milliseconds since the epoch`() {
        #expect(WireTime.text(milliseconds: 0) == "1970-01-01T00:00:00.000Z")
        #expect(WireTime.text(milliseconds: -1) == "1969-12-31T23:59:59.999Z")
        #expect(WireTime.text(milliseconds: 1_770_341_415_123) == "2026-02-06T01:30:15.123Z")
    }

    @Test func `stays within four-digit years whatever the clock says`() {
        #expect(WireTime.text(milliseconds: .min) == "0001-01-01T00:00:00.000Z")
        #expect(WireTime.text(milliseconds: .max) == "9999-12-31T23:59:59.999Z")
    }

    @Test(arguments: [
        "2026-02-06T01:30:00Z", "2026-02-06t01:30:00z", "2026-02-06T01:30:00.123456789Z", "2026-02-06T01:30:00+05:30",
        "2026-02-06T01:30:00-00:00", "2024-02-29T00:00:00Z", "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00",
    ])
    func `takes what RFC 3339 calls a date-time`(text: String) {
        #expect(WireTime.isRFC3339(text))
    }

    @Test(arguments: [
        "", "2026-02-06", "2026-02-06 01:30:00Z", "2026-02-06T01:30:00", "2026-02-06T01:30Z", "2026-02-06T01:30:00.Z",
        "2026-02-06T01:30:00+05", "2026-02-06T01:30:00+0530", "2026-02-06T01:30:00+24:00", "2025-02-29T00:00:00Z",
        "2026-02-06T24:00:00Z", "2026-02-06T12:00:60Z", "2026-02-06T01:30:00Zx", "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z", "2026-02-06T01:30:00+05:30:00", "2026-02-06T23:59:61Z", "tomorrow",
    ])
    func `takes nothing else for a date-time`(text: String) {
        #expect(!WireTime.isRFC3339(text))
    }
}
