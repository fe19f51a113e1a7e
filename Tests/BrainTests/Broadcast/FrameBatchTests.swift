import NIOCore
import Testing

@testable import Brain

@Suite struct FrameBatchTests {
    private let batch = FrameBatch([BroadcastFrame(3, run: "a"), BroadcastFrame(4, run: "longer"), BroadcastFrame(6)])
    private var sizes: [Int] { self.batch.frames.map(\.bytes.readableBytes) }

    @Test func `joins frames in their order`() {
        #expect(Array(self.batch.bytes.readableBytesView) == joined(self.batch.frames))
        #expect(self.batch.lastNumber == 6)
        #expect(FrameBatch([]).bytes.readableBytes == 0 && FrameBatch([]).lastNumber == nil)
    }

    @Test func `knows the frame that any byte belongs to`() {
        var expected: [(Int, Int)] = []
        for (index, size) in self.sizes.enumerated() { expected += (0..<size).map { (index, $0) } }
        expected.append((3, 0))
        let places = (0...self.batch.bytes.readableBytes).map { self.batch.place(of: $0) }
        #expect(places.elementsEqual(expected) { $0.whole == $1.0 && $0.begun == $1.1 })
    }

    @Test(arguments: [(0, [3, 4, 6]), (3, [4, 6]), (5, [6]), (6, []), (.max, [])] as [(UInt64, [UInt64])])
    func `leaves out what came before a number`(number: UInt64, left: [UInt64]) {
        let rest = self.batch.after(number)
        #expect(rest.frames.map(\.number) == left)
        #expect(Array(rest.bytes.readableBytesView) == joined(rest.frames))
    }
}
