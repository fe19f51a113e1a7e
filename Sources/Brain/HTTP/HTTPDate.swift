import Glibc

/// The Date header (RFC 9110 §6.6.1), in the form of §5.6.7.
enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// A moment in seconds since the epoch, as `Sun, 06 Nov 1994 08:49:37 GMT`; nil where the calendar ends.
    static func text(seconds: Int64) -> String? {
        var time = time_t(seconds)
        var parts = tm()
        guard gmtime_r(&time, &parts) != nil, Self.days.indices.contains(Int(parts.tm_wday)),
            Self.months.indices.contains(Int(parts.tm_mon))
        else { return nil }
        let date = "\(Self.two(parts.tm_mday)) \(Self.months[Int(parts.tm_mon)]) \(1900 + Int(parts.tm_year))"
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(Self.two).joined(separator: ":")
        return "\(Self.days[Int(parts.tm_wday)]), \(date) \(clock) GMT"
    }

    private static func two(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
