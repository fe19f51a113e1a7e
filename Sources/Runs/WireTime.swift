/// Times as contract §3.1 wants them: UTC, cut to milliseconds, `2026-02-06T01:30:00.123Z`.
package enum WireTime {
    /// Turns what PostgreSQL prints with DateStyle ISO into the form that clients get.
    ///
    /// Without a zone it is UTC, a date alone is its midnight, any other offset is converted. Nil for infinity, years
    /// BC, times outside of the years 1 to 9999 in UTC (RFC 3339 has four digits), and whatever is no time.
    package static func text(postgres: String) -> String? {
        if let text = self.rearranged(postgres) { return text }
        var scanner = ByteScanner(postgres)
        guard var time = CivilTime(date: &scanner) else { return nil }
        if !scanner.isAtEnd {
            guard scanner.take(" ") || scanner.take("T"), time.readClock(&scanner, latestSecond: 59),
                time.readOffset(&scanner), scanner.isAtEnd
            else { return nil }
        }
        let milliseconds = time.milliseconds
        return CivilTime.representable.contains(milliseconds) ? self.text(milliseconds: milliseconds) : nil
    }

    /// The common case, in which nothing is to be computed, as `2026-02-06 01:30:00.123456+00`; nil for anything else.
    ///
    /// Tables are compared by the hundred thousand rows. Days from 29 on are left to the calendar.
    private static func rearranged(_ text: String) -> String? {
        text.withBytes { bytes -> String? in
            guard (22...29).contains(bytes.count), self.isDateAndClock(bytes) else { return nil }
            let fraction = bytes[19..<bytes.count - 3]
            guard bytes[(bytes.count - 3)...].elementsEqual("+00".utf8), fraction.count != 1,
                fraction.first ?? UInt8(ascii: ".") == UInt8(ascii: "."), fraction.dropFirst().allSatisfy(self.isDigit)
            else { return nil }
            return String(unsafeUninitializedCapacity: 24) { target in
                for index in 0..<19 { target[index] = bytes[index] }
                for index in 20..<23 { target[index] = index < 19 + fraction.count ? bytes[index] : UInt8(ascii: "0") }
                (target[10], target[19], target[23]) = (UInt8(ascii: "T"), UInt8(ascii: "."), UInt8(ascii: "Z"))
                return 24
            }
        }
    }

    /// `2026-02-06 01:30:00` in a year from 1000 on, and with a day that every month has.
    private static func isDateAndClock(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for (index, mark) in [(4, "-"), (7, "-"), (10, " "), (13, ":"), (16, ":")] as [(Int, Unicode.Scalar)]
        where bytes[index] != UInt8(ascii: mark) { return false }
        func number(_ index: Int) -> UInt8 {
            self.isDigit(bytes[index]) && self.isDigit(bytes[index + 1])
                ? bytes[index] &* 10 &+ bytes[index + 1] &- UInt8(ascii: "0") &* 11 : .max
        }
        return (10...99).contains(number(0)) && number(2) < 100 && (1...12).contains(number(5))
            && (1...28).contains(number(8)) && number(11) < 24 && number(14) < 60 && number(17) < 60
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Writes milliseconds since 1970 in UTC; before the year 1 or after 9999, the first or the last moment of them.
    package static func text(milliseconds: Int64) -> String {
        let range = CivilTime.representable
        let time = CivilTime(milliseconds: min(max(milliseconds, range.lowerBound), range.upperBound))
        return time.text
    }

    /// Whether it is a `date-time` of RFC 3339 §5.6, in a year from 1 on (PostgreSQL has no year 0).
    ///
    /// `T` and `Z` may be lower case, the zone must be there, the day must exist, and second 60 only where a leap
    /// second can be: at 23:59 UTC (§5.7).
    package static func isRFC3339(_ text: String) -> Bool {
        var scanner = ByteScanner(text)
        guard var time = CivilTime(date: &scanner), scanner.take("T") || scanner.take("t"),
            time.readClock(&scanner, latestSecond: 60), time.readStrictOffset(&scanner), scanner.isAtEnd
        else { return false }
        return time.second < 60 || time.isLastMinuteOfDayInUTC
    }
}
