import Testing

@testable import BrainSoak

struct StreamGapsTests {
    private var gaps = StreamGaps()

    @Test mutating func `what was committed while the stream was whole is not excused`() {
        self.gaps.began("capture", at: 100_000)
        self.gaps.ended("capture", at: 101_000)
        #expect(!self.gaps.excuse(70_000...74_000))
        #expect(!self.gaps.excuse(112_000...113_000))
    }

    @Test mutating func `what was committed since a break may have begun, and until a look made up for it, is`() {
        self.gaps.began("capture", at: 100_000)
        #expect(self.gaps.excuse(86_000...86_001) && self.gaps.excuse(1_000_000...1_000_001))
        self.gaps.ended("capture", at: 101_000)
        #expect(self.gaps.excuse(86_000...86_001) && self.gaps.excuse(105_000...200_000))
    }

    @Test mutating func `two breaks at a time have each to end`() {
        self.gaps.began("capture", at: 100_000)
        self.gaps.began("runs-repository", at: 100_500)
        self.gaps.ended("capture", at: 101_000)
        #expect(self.gaps.excuse(150_000...150_001))
        self.gaps.ended("runs-repository", at: 151_000)
        #expect(!self.gaps.excuse(162_000...162_001))
    }

    @Test mutating func `what is older than the oldest break that is known is excused, and all where lines are lost`() {
        for number in 0...StreamGaps.most {
            self.gaps.began("capture", at: Double(number) * 60_000)
            self.gaps.ended("capture", at: Double(number) * 60_000)
        }
        #expect(self.gaps.excuse(2000...2000))
        #expect(!self.gaps.excuse(80_000...80_000))
        self.gaps.wentBlind()
        #expect(self.gaps.excuse(80_000...80_000))
    }
}
