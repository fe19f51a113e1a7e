import Brain
import Testing

@Suite struct TokenBucketTests {
    private let start = ContinuousClock.now

    private func taken(by bucket: inout TokenBucket, at now: ContinuousClock.Instant, tries: Int) -> Int {
        (0..<tries).count { _ in bucket.take(now: now) }
    }

    @Test(arguments: [0.5, 1, 3, 7, 10, 20, 30, 1000, 9999])
    func `a full bucket holds twice the rate, and grows by the rate`(rate: Double) {
        var bucket = TokenBucket(rate: rate, now: self.start)
        #expect(self.taken(by: &bucket, at: self.start, tries: 30_000) == Int(2 * rate))
        // A millisecond more than a second, for the rounding of a token's time to whole nanoseconds.
        let grown = Int(max(1, rate))
        let later = self.start + .seconds(max(1, 1 / rate)) + .milliseconds(rate < 1000 ? 1 : 0)
        #expect(self.taken(by: &bucket, at: later, tries: 30_000) == grown)
    }

    @Test func `a bucket never holds more than the burst`() {
        var bucket = TokenBucket(rate: 20, now: self.start)
        #expect(self.taken(by: &bucket, at: self.start + .seconds(1_000_000), tries: 1000) == 40)
    }

    @Test func `a bucket slower than one in two seconds still holds one`() {
        var bucket = TokenBucket(rate: 0.1, now: self.start)
        #expect(self.taken(by: &bucket, at: self.start, tries: 5) == 1)
        #expect(bucket.wait(now: self.start) == .seconds(10))
        #expect(self.taken(by: &bucket, at: self.start + .seconds(9), tries: 5) == 0)
        #expect(self.taken(by: &bucket, at: self.start + .seconds(10), tries: 5) == 1)
    }

    @Test(arguments: [0, -1, .nan, -.infinity, .infinity, 1e300] as [Double])
    func `zero, and what is no rate, lifts the limit`(rate: Double) {
        var bucket = TokenBucket(rate: rate, now: self.start)
        #expect(self.taken(by: &bucket, at: self.start, tries: 10_000) == 10_000)
        #expect(bucket.isFull(now: self.start))
    }

    @Test func `the slowest rate is one a day`() {
        var bucket = TokenBucket(rate: .leastNonzeroMagnitude, now: self.start)
        #expect(self.taken(by: &bucket, at: self.start, tries: 1) == 1)
        #expect(bucket.wait(now: self.start) == .seconds(86_400))
    }

    @Test func `the wait is exactly as long as it must be`() {
        var bucket = TokenBucket(rate: 4, now: self.start)
        #expect(self.taken(by: &bucket, at: self.start, tries: 9) == 8)
        let wait = bucket.wait(now: self.start)
        #expect(wait == .milliseconds(250))
        #expect(self.taken(by: &bucket, at: self.start + wait - .nanoseconds(1), tries: 1) == 0)
        #expect(self.taken(by: &bucket, at: self.start + wait, tries: 1) == 1)
    }

    @Test func `a refusal takes nothing`() {
        var bucket = TokenBucket(rate: 1, now: self.start)
        #expect(self.taken(by: &bucket, at: self.start, tries: 1000) == 2)
        #expect(bucket.wait(now: self.start) == .seconds(1))
    }

    @Test func `a bucket is full again after two seconds at most`() {
        var bucket = TokenBucket(rate: 20, now: self.start)
        #expect(bucket.isFull(now: self.start))
        #expect(self.taken(by: &bucket, at: self.start, tries: 40) == 40)
        #expect(!bucket.isFull(now: self.start + .milliseconds(1999)))
        #expect(bucket.isFull(now: self.start + .seconds(2)))
    }

    @Test func `a clock that stands behind gives no tokens and takes none`() {
        var bucket = TokenBucket(rate: 1, now: self.start)
        #expect(self.taken(by: &bucket, at: self.start, tries: 2) == 2)
        #expect(self.taken(by: &bucket, at: self.start - .seconds(100), tries: 1) == 0)
        #expect(self.taken(by: &bucket, at: self.start + .seconds(1), tries: 1) == 1)
    }
}
