/// A moment by calendar and clock, with its offset from UTC: what stands in a text before it is converted.
struct CivilTime {
    /// The years 1 to 9999 in milliseconds since 1970.
    static let representable: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    private static let secondsPerDay = 86_400

    private let year: Int
    private let month: Int
    private let day: Int
    private var hour = 0
    private var minute = 0
    private(set) var second = 0
    private var millisecond = 0
    private var offsetSeconds = 0

    /// Reads `2026-02-06`, a day that exists in the years 1 to 9999.
    init?(date scanner: inout ByteScanner) {
        guard let year = scanner.number(4, in: 1...9_999), scanner.take("-"),
            let month = scanner.number(2, in: 1...12), scanner.take("-"),
            let day = scanner.number(2, in: 1...Self.days(in: month, of: year))
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The moment in UTC.
    ///
    /// Days to calendar by H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    ///
    /// - Parameter milliseconds: Since 1970; must lie in ``representable``.
    init(milliseconds: Int64) {
        let seconds = Self.floorDivide(Int(milliseconds), 1_000)
        let days = Self.floorDivide(seconds.quotient, Self.secondsPerDay)
        let shifted = days.quotient + 719_468
        let era = Self.floorDivide(shifted, 146_097)
        let yearOfEra = (era.rest - era.rest / 1_460 + era.rest / 36_524 - era.rest / 146_096) / 365
        let dayOfYear = era.rest - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        self.month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        self.year = yearOfEra + era.quotient * 400 + (self.month <= 2 ? 1 : 0)
        self.hour = days.rest / 3_600
        self.minute = days.rest / 60 % 60
        self.second = days.rest % 60
        self.millisecond = seconds.rest
    }

    /// Milliseconds since 1970 in UTC, which may lie a day outside of ``representable``.
    ///
    /// Calendar to days by the same source's `days_from_civil`.
    var milliseconds: Int64 {
        let yearFromMarch = self.month <= 2 ? self.year - 1 : self.year
        let era = Self.floorDivide(yearFromMarch, 400)
        let monthFromMarch = (self.month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + self.day - 1
        let dayOfEra = era.rest * 365 + era.rest / 4 - era.rest / 100 + dayOfYear
        let days = era.quotient * 146_097 + dayOfEra - 719_468
        let clock = self.hour * 3_600 + self.minute * 60 + self.second
        return Int64((days * Self.secondsPerDay + clock - self.offsetSeconds) * 1_000 + self.millisecond)
    }

    /// Calendar and clock as they stand, in the form of contract §3.1; the offset must be zero.
    var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        Self.append(self.year / 100, then: nil, to: &bytes)
        Self.append(self.year % 100, then: "-", to: &bytes)
        Self.append(self.month, then: "-", to: &bytes)
        Self.append(self.day, then: "T", to: &bytes)
        Self.append(self.hour, then: ":", to: &bytes)
        Self.append(self.minute, then: ":", to: &bytes)
        Self.append(self.second, then: ".", to: &bytes)
        bytes.append(Self.digit(self.millisecond / 100))
        Self.append(self.millisecond % 100, then: "Z", to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the minute is 23:59 in UTC, the only one that a leap second can end.
    var isLastMinuteOfDayInUTC: Bool {
        let minutes = self.hour * 60 + self.minute - self.offsetSeconds / 60
        return Self.floorDivide(minutes, 1_440).rest == 1_439
    }

    /// Reads `01:30:00` and a fraction of any length, which is cut to milliseconds; false where that isn't there.
    mutating func readClock(_ scanner: inout ByteScanner, latestSecond: Int) -> Bool {
        guard let hour = scanner.number(2, in: 0...23), scanner.take(":"),
            let minute = scanner.number(2, in: 0...59), scanner.take(":"),
            let second = scanner.number(2, in: 0...latestSecond)
        else { return false }
        (self.hour, self.minute, self.second) = (hour, minute, second)
        guard scanner.take(".") else { return true }
        let fraction = scanner.digits()
        let zero = UInt8(ascii: "0")
        let places = fraction.prefix(3)
        let scale = places.count == 1 ? 100 : places.count == 2 ? 10 : 1
        self.millisecond = places.reduce(0) { $0 * 10 + Int($1 - zero) } * scale
        return !fraction.isEmpty
    }

    /// Reads an offset as PostgreSQL prints it, `+05`, `+05:30`, `-00:01:15`, or `Z`; none is UTC.
    mutating func readOffset(_ scanner: inout ByteScanner) -> Bool {
        if scanner.isAtEnd || scanner.take("Z") { return true }
        guard let sign = Self.sign(&scanner), let hours = scanner.number(2, in: 0...23) else { return false }
        self.offsetSeconds = sign * hours * 3_600
        for unit in [60, 1] where scanner.take(":") {
            guard let value = scanner.number(2, in: 0...59) else { return false }
            self.offsetSeconds += sign * value * unit
        }
        return true
    }

    /// Reads an offset as RFC 3339 §5.6 has it: `Z` or hours and minutes, and one of them there must be.
    mutating func readStrictOffset(_ scanner: inout ByteScanner) -> Bool {
        if scanner.take("Z") || scanner.take("z") { return true }
        guard let sign = Self.sign(&scanner), let hours = scanner.number(2, in: 0...23), scanner.take(":"),
            let minutes = scanner.number(2, in: 0...59)
        else { return false }
        self.offsetSeconds = sign * (hours * 3_600 + minutes * 60)
        return true
    }

    /// Appends two digits and what stands after them.
    private static func append(_ value: Int, then mark: Unicode.Scalar?, to bytes: inout [UInt8]) {
        bytes.append(self.digit(value / 10))
        bytes.append(self.digit(value))
        if let mark { bytes.append(UInt8(ascii: mark)) }
    }

    private static func digit(_ value: Int) -> UInt8 {
        UInt8(ascii: "0") + UInt8(value % 10)
    }

    private static func sign(_ scanner: inout ByteScanner) -> Int? {
        if scanner.take("+") { return 1 }
        return scanner.take("-") ? -1 : nil
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func floorDivide(_ value: Int, _ divisor: Int) -> (quotient: Int, rest: Int) {
        let rest = ((value % divisor) + divisor) % divisor
        return ((value - rest) / divisor, rest)
    }
}
