import Testing

@testable import Brain

private final class Occupant: Sendable {}

@Suite struct RoomTests {
    @Test func `is empty until someone moves in, and then knows the last one only`() {
        let room = Room<Occupant>()
        #expect(room.current == nil)
        let (first, second) = (Occupant(), Occupant())
        #expect(room.moveIn(first) === first)
        #expect(room.current === first)
        room.moveIn(second)
        #expect(room.current === second)
    }

    @Test func `holds nobody but the last one`() {
        let room = Room<Occupant>()
        weak let before = room.moveIn(Occupant())
        #expect(before != nil)
        room.moveIn(Occupant())
        #expect(before == nil)
    }

    @Test func `a child that only answers calls waits until it is cancelled`() async {
        let task = Task { try await untilCancelled() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `once is once`() {
        let once = Once()
        var count = 0
        #expect(!once.isDone)
        for _ in 0..<3 { once.perform { count += 1 } }
        #expect(once.isDone)
        #expect(count == 1)
    }
}
