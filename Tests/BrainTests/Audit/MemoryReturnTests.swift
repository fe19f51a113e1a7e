import Testing

@testable import Brain

@Suite struct MemoryReturnTests {
    private static let base = 50 << 20

    @Test func `the first time there is always something`() {
        var memory = MemoryReturn()
        let answer1 = memory.isDue(resident: Self.base)
        #expect(answer1)
    }

    @Test func `is due again once the process holds more than it did after the last time`() {
        var memory = MemoryReturn()
        memory.gaveBack(resident: Self.base)
        let answer1 = memory.isDue(resident: Self.base + MemoryReturn.growth)
        #expect(!answer1)
        let answer2 = memory.isDue(resident: Self.base + MemoryReturn.growth + 1)
        #expect(answer2)
    }

    @Test func `measures from the least that the process held since`() {
        var memory = MemoryReturn()
        memory.gaveBack(resident: Self.base)
        let answer1 = memory.isDue(resident: Self.base / 2)
        #expect(!answer1)
        let answer2 = memory.isDue(resident: Self.base)
        #expect(answer2)
    }

    @Test func `what can't be given back isn't asked for again and again`() {
        var memory = MemoryReturn()
        memory.gaveBack(resident: Self.base)
        let answer1 = memory.isDue(resident: 2 * Self.base)
        #expect(answer1)
        memory.gaveBack(resident: 2 * Self.base)
        let answer2 = memory.isDue(resident: 2 * Self.base)
        #expect(!answer2)
    }
}
