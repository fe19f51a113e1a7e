/// Times as contract §3.1 wants them: UTC, cut to milliseconds, `2026-02-06T01:30:00.123Z`.
package enum WireTime {
    /// Turns what PostgreSQL prints with DateStyle ISO into the form that clients get.
    ///
    /// Without a zone it is UTC, a date alone is its midnight, any other offset is converted. Nil for infinity, years
    /// BC, times outside of the years 1 to 9999 in UTC (RFC 3339 has four digits), and whatever is no time.
    package static func text(postgres: String) -> String? {
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
