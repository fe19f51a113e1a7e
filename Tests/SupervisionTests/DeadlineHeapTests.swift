import Testing

@testable import Supervision

struct DeadlineHeapTests {
    private let start = ContinuousClock.now

    @Test func `gives the earliest first, whatever the order they came in`() {
        var generator = SystemRandomNumberGenerator()
        for count in 0..<40 {
            var heap = DeadlineHeap<Int>()
            for key in (0..<count).shuffled(using: &generator) { heap.push(key, at: self.start + .seconds(key / 2)) }
            var taken: [Int] = []
            while let entry = heap.popDue(self.start + .seconds(100)) { taken.append(entry.key / 2) }
            #expect(taken == (0..<count).map { $0 / 2 })
            #expect(heap.count == 0)
        }
    }

    @Test func `gives nothing before its time`() {
        var heap = DeadlineHeap<String>()
        heap.push("late", at: self.start + .seconds(2))
        heap.push("early", at: self.start + .seconds(1))
        #expect(heap.first?.key == "early")
        #expect(heap.popDue(self.start + .milliseconds(999))?.key == nil)
        #expect(heap.popDue(self.start + .seconds(1))?.key == "early")
        #expect(heap.popDue(self.start + .seconds(1))?.key == nil)
        #expect(heap.count == 1)
    }
}
