import Testing

@testable import Supervision

struct TreeContextTests {
    private let events = Probe<SupervisionEvent>()

    private var root: TreeContext {
        TreeContext(timeline: Timeline(ContinuousClock())) { [events] in events.send($0) }
    }

    @Test func `whoever is below one that was left behind is so, too, and nobody beside it`() {
        let root = self.root
        let (outer, other) = (root.below("outer"), root.below("outer"))
        let inner = outer.below("inner")
        #expect(inner.path == "outer/inner/")
        outer.leaveBehind()
        #expect(outer.isLeftBehind && inner.isLeftBehind)
        #expect(!root.isLeftBehind && !other.isLeftBehind)
    }

    @Test func `of one that was left behind is heard what it leaves behind itself, and nothing else`() async throws {
        let (old, fresh) = (self.root.below("pool"), self.root.below("pool"))
        old.leaveBehind()
        old.report(.started(child: "pool/a"))
        old.report(.abandoned(child: "pool/b"))
        fresh.report(.started(child: "pool/a"))
        #expect(try await self.events.next(2) == [.abandoned(child: "pool/b"), .started(child: "pool/a")])
    }
}
