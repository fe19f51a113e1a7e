/// How often each latency was met, in microseconds from 1 to 100 s; what is longer counts as that, but for `max`.
///
/// Log-linear: each power of two is parted in 64, so that a bucket is at most 1.6 % of its values wide. 11 KB.
struct LatencyHistogram: Sendable, Equatable {
    private static let partBits = 6
    private static let parts = 1 << Self.partBits
    private static let longest = 100_000_000

    private var buckets = [Int](repeating: 0, count: Self.bucket(of: Self.longest) + 1)
    /// How many were added.
    private(set) var count = 0
    /// The longest in microseconds, exact; 0 where there is none.
    private(set) var max = 0

    mutating func add(microseconds: Int) {
        let latency = Swift.max(0, microseconds)
        self.buckets[Self.bucket(of: Swift.min(latency, Self.longest))] += 1
        self.count += 1
        self.max = Swift.max(self.max, latency)
    }

    mutating func merge(_ other: Self) {
        for index in self.buckets.indices { self.buckets[index] += other.buckets[index] }
        self.count += other.count
        self.max = Swift.max(self.max, other.max)
    }

    /// The latency that this part of all doesn't exceed: never less than it is, and at most a bucket more.
    ///
    /// - Parameter part: from 0 to 1: 0.99 for the 99th percentile.
    /// - Returns: microseconds; nil where nothing was added.
    func quantile(_ part: Double) -> Int? {
        guard self.count > 0 else { return nil }
        let rank = Swift.max(1, (Double(self.count) * Swift.min(Swift.max(part, 0), 1)).rounded(.up))
        var sum = 0
        for (index, bucket) in self.buckets.enumerated() {
            sum += bucket
            if Double(sum) >= rank { return Swift.min(Self.upperBound(of: index), self.max) }
        }
        return self.max
    }

    private static func bucket(of latency: Int) -> Int {
        guard latency >= Self.parts else { return latency }
        let shift = Int.bitWidth - 1 - latency.leadingZeroBitCount - Self.partBits
        return (shift << Self.partBits) + (latency >> shift)
    }

    /// The longest latency of a bucket.
    private static func upperBound(of bucket: Int) -> Int {
        guard bucket >= Self.parts else { return bucket }
        let shift = (bucket >> Self.partBits) - 1
        return ((bucket - (shift << Self.partBits) + 1) << shift) - 1
    }
}
