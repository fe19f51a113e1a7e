import Foundation

/// Where values lie on an axis of a plot, and the round numbers that stand beside it.
struct PlotScale: Sendable, Equatable {
    /// The values at the axis' ends.
    let lower: Double
    let upper: Double
    /// Ascending, from end to end.
    let ticks: [Double]
    private let isLogarithmic: Bool

    /// What lies beyond is drawn as if it lay there: no scale overflows.
    private static let greatest = 1e15
    private static let leastOfLog = 1e-3

    /// A scale in steps of 1, 2 or 5 that begins and ends with a tick.
    ///
    /// - Parameters:
    ///   - values: what is to find room; what isn't finite is passed over.
    ///   - hasZero: whether it begins at 0 at the latest.
    ///   - count: about how many steps.
    /// - Returns: steps of 1 where there is no value.
    static func linear(_ values: some Sequence<Double>, hasZero: Bool, steps count: Int = 4) -> PlotScale {
        let finite = values.filter(\.isFinite).map { min(max($0, -Self.greatest), Self.greatest) }
        let (least, most) = (finite.min() ?? 0, finite.max() ?? 0)
        // What hardly moves must not look like mountains: a tenth of the greatest value is the least span.
        let room = max(0, max(abs(most), abs(least)) / 10 - (most - least)) / 2
        let begin = hasZero ? min(0, least) : least - room
        let end = hasZero ? max(0, most) : most + room
        return Self.linear(from: begin, to: end > begin ? end : begin + Double(count), steps: count)
    }

    /// A scale in powers of ten that begins and ends with one.
    ///
    /// - Parameter values: what is to find room; what isn't finite or above 0 is passed over.
    /// - Returns: 1 to 10 where there is no value.
    static func logarithmic(_ values: some Sequence<Double>) -> PlotScale {
        let positive = values.filter { $0.isFinite && $0 > 0 }.map { min(max($0, Self.leastOfLog), Self.greatest) }
        let begin = log10(positive.min() ?? 1).rounded(.down)
        let end = max(begin + 1, log10(positive.max() ?? 10).rounded(.up))
        let ticks = (Int(begin)...Int(end)).flatMap {
            Self.ticks(ofDecade: $0, last: Int(end), isOnly: end - begin < 2)
        }
        return PlotScale(lower: pow(10, begin), upper: pow(10, end), ticks: ticks, isLogarithmic: true)
    }

    /// Where a value lies: 0 is the lower end, 1 the upper; what lies beyond is taken for the end itself.
    ///
    /// - Parameter value: what is to be drawn.
    /// - Returns: nil for what is no finite number.
    func place(_ value: Double) -> Double? {
        guard value.isFinite else { return nil }
        let value = min(max(value, self.lower), self.upper)
        guard self.isLogarithmic else { return (value - self.lower) / (self.upper - self.lower) }
        return log10(value / self.lower) / log10(self.upper / self.lower)
    }

    /// A tick's text, with as many digits behind the point as its scale needs.
    func label(_ tick: Double) -> String {
        let least = self.isLogarithmic ? abs(tick) : self.ticks.count > 1 ? self.ticks[1] - self.ticks[0] : 1
        let digits = least > 0 && least < 1 ? Int((-log10(least) - 1e-9).rounded(.up)) : 0
        return Figure.number(tick, digits: min(digits, 6))
    }

    private static func linear(from begin: Double, to end: Double, steps count: Int) -> PlotScale {
        let step = Self.roundStep((end - begin) / Double(max(1, count)))
        let first = (begin / step + 1e-9).rounded(.down)
        let last = max(first + 1, (end / step - 1e-9).rounded(.up))
        let ticks = (0...Int(min(last - first, 100))).map { (first + Double($0)) * step }
        return PlotScale(lower: first * step, upper: last * step, ticks: ticks, isLogarithmic: false)
    }

    /// The next 1, 2 or 5 times a power of ten.
    private static func roundStep(_ step: Double) -> Double {
        let power = pow(10, log10(max(step, 1e-9)).rounded(.down))
        let factor = [1.0, 2, 5].first { $0 * power >= step * (1 - 1e-9) } ?? 10
        return factor * power
    }

    private static func ticks(ofDecade exponent: Int, last: Int, isOnly: Bool) -> [Double] {
        let factors = isOnly && exponent < last ? [1.0, 2, 5] : [1]
        return factors.map { $0 * pow(10, Double(exponent)) }
    }
}

/// The time since the beginning as a plot's horizontal axis.
struct TimeScale: Sendable, Equatable {
    /// Its end, at least 1 s.
    let seconds: Double
    /// Seconds between ticks.
    let step: Int

    /// From a second to months.
    private static let steps = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 432_000,
        864_000, 2_592_000, 8_640_000,
    ]

    /// - Parameters:
    ///   - seconds: its end.
    ///   - count: the most steps.
    init(seconds: Double, steps count: Int = 6) {
        let seconds = seconds.isFinite ? min(max(1, seconds), 1e9) : 1
        self.seconds = seconds
        self.step = Self.steps.first { seconds / Double($0) <= Double(max(1, count)) } ?? Int(seconds)
    }

    var ticks: [Int] { Array(stride(from: 0, through: Int(self.seconds), by: self.step)) }

    /// Where a second lies, from 0 to 1.
    func place(_ second: Double) -> Double? {
        second.isFinite ? min(max(0, second / self.seconds), 1) : nil
    }

    /// In one unit for all ticks; below a minute's step, as a clock shows it.
    func label(_ tick: Int) -> String {
        if self.step < 60 { return Figure.clock(tick) }
        if self.step < 3600 { return "\(tick / 60) min" }
        return self.step < 86_400 ? "\(tick / 3600) h" : "\(tick / 86_400) d"
    }
}
