import Foundation
import Testing

@testable import Supervision

struct TreeTests {
    private static let tree = ChildSnapshot(
        id: "brain",
        state: .running,
        strategy: .oneForOne,
        restarts: 0,
        lastFailure: nil,
        members: .children([
            ChildSnapshot(
                id: "feed",
                state: .restarting,
                strategy: nil,
                restarts: 2,
                lastFailure: "boom",
                members: .children([])
            ),
            ChildSnapshot(
                id: "sessions",
                state: .running,
                strategy: nil,
                restarts: 0,
                lastFailure: nil,
                members: .count(7)
            ),
        ])
    )

    private func json(_ snapshot: ChildSnapshot) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return String(decoding: try encoder.encode(snapshot), as: UTF8.self)
    }

    @Test func `a snapshot has the contract's keys, with null for what has no value`() throws {
        let object = try JSONSerialization.jsonObject(with: Data(self.json(Self.tree).utf8))
        let expected: NSDictionary = [
            "id": "brain", "state": "running", "strategy": "one-for-one", "restarts": 0, "last_failure": NSNull(),
            "children": [
                [
                    "id": "feed", "state": "restarting", "strategy": NSNull(), "restarts": 2, "last_failure": "boom",
                    "children": [] as [Int],
                ],
                [
                    "id": "sessions", "state": "running", "strategy": NSNull(), "restarts": 0,
                    "last_failure": NSNull(), "count": 7,
                ],
            ],
        ]
        #expect(expected.isEqual(object))
    }

    @Test func `a snapshot reads back what it wrote`() throws {
        let data = Data(try self.json(Self.tree).utf8)
        #expect(try JSONDecoder().decode(ChildSnapshot.self, from: data) == Self.tree)
    }

    @Test func `a snapshot prints as a tree`() {
        #expect(
            Self.tree.description == """
                brain: running
                ├── feed       restarting   2 restarts   boom
                └── sessions   running      0 restarts   count 7
                """
        )
    }

    @Test func `says why the root failed`() {
        let root = ChildSnapshot(
            id: "root",
            state: .failed,
            strategy: .oneForOne,
            restarts: 0,
            lastFailure: "a: boom",
            members: .children([])
        )
        #expect("\(root)" == "root: failed (a: boom)")
    }

    @Test func `says how many instances were left behind where there are any, but not as JSON`() throws {
        let child = ChildSnapshot(
            id: "feed",
            state: .running,
            strategy: nil,
            restarts: 2,
            lastFailure: "boom",
            leftBehind: 2,
            members: .children([])
        )
        #expect(child.remarks == ["2 left behind", "boom"])
        #expect(
            try JSONSerialization.jsonObject(with: Data(self.json(child).utf8)) as? NSDictionary == [
                "id": "feed", "state": "running", "strategy": NSNull(), "restarts": 2, "last_failure": "boom",
                "children": [] as [Int],
            ]
        )
    }

    @Test func `a snapshot prints as a Mermaid chart`() {
        #expect(
            Self.tree.mermaid == """
                graph TD
                    n["brain<br/>running<br/>one-for-one"]
                    n_0["feed<br/>restarting<br/>2 restarts<br/>boom"]
                    n --> n_0
                    n_1["sessions<br/>running<br/>count 7"]
                    n --> n_1
                """
        )
    }

    @Test func `a Mermaid chart takes nothing of a failure for its own signs`() {
        let leaf = ChildSnapshot(
            id: "leaf",
            state: .failed,
            strategy: nil,
            restarts: 0,
            lastFailure: "no \"quotes\", <b> & #1;",
            members: .children([])
        )
        #expect(leaf.mermaid.hasSuffix("[\"leaf<br/>failed<br/>no #34;quotes#34;, #60;b#62; #38; #35;1;\"]"))
    }

    @Test func `a nested tree is indented below its parent`() {
        let leaf = TreeText.Node(name: "leaf", columns: ["x"], children: [])
        let nodes = [
            TreeText.Node(name: "first", columns: ["a"], children: [leaf]),
            TreeText.Node(name: "last", columns: ["b"], children: [leaf]),
        ]
        #expect(
            TreeText.draw(title: "root", nodes: nodes) == """
                root
                ├── first      a
                │   └── leaf   x
                └── last       b
                    └── leaf   x
                """
        )
    }

    @Test func `a supervisor prints the tree as written`() {
        let idle: @Sendable () -> any Child = { FakeChild(Nursery("idle")) }
        let children = [
            ChildSpec(id: "feed", purpose: "one capture at a time", make: idle),
            ChildSpec(id: "migration", purpose: "once", restart: .temporary, make: idle),
            ChildSpec(id: "sessions", purpose: "one per socket", count: { 3 }, make: idle),
        ]
        let supervisor = Supervisor(id: "brain", children: children, onEvent: { _ in })
        #expect(
            supervisor.outline == """
                brain (one-for-one; 5 restarts of a child in 30 s)
                ├── feed        permanent   one capture at a time
                ├── migration   temporary   once
                └── sessions    dynamic     one per socket
                """
        )
    }

    @Test func `a supervisor prints those below it nested, with their strategies`() {
        let idle: @Sendable () -> any Child = { FakeChild(Nursery("idle")) }
        let pool = ChildSpec.supervisor(
            id: "pool",
            purpose: "fall together",
            strategy: .oneForAll,
            intensity: RestartIntensity(restarts: 3, period: .seconds(60)),
            children: [ChildSpec(id: "index", purpose: "keeps the index", make: idle)]
        )
        let last = ChildSpec(id: "last", purpose: "comes last", make: idle)
        let supervisor = Supervisor(id: "root", strategy: .restForOne, children: [pool, last], onEvent: { _ in })
        #expect(
            supervisor.outline == """
                root (rest-for-one; 5 restarts in 30 s)
                ├── pool        permanent   fall together (one-for-all; 3 restarts in 60 s)
                │   └── index   permanent   keeps the index
                └── last        permanent   comes last
                """
        )
    }

    @Test func `a supervisor that isn't there is shown with what is below it, stopped`() async throws {
        let leaf = ChildSpec(id: "leaf", purpose: "a leaf") { FakeChild(Nursery("leaf")) }
        let pool = ChildSpec.supervisor(id: "pool", purpose: "a pool", strategy: .oneForAll, children: [leaf])
        let snapshot = Supervisor(id: "root", children: [pool], onEvent: { _ in }).snapshot()
        #expect(
            snapshot.description == """
                root: stopped
                └── pool       stopped   0 restarts   one-for-all
                    └── leaf   stopped   0 restarts
                """
        )
    }

    @Test func `a reason is one line of at most 256 characters`() {
        let cause = Cause(Fault(description: "first\nsecond\r\n" + String(repeating: "x", count: 1000)))
        #expect(cause.text.hasPrefix("first second x"))
        #expect(cause.text.count == 256)
    }

    @Test(arguments: [
        (ChildFault.returned, "returned unasked"),
        (.startOverdue(.milliseconds(1500)), "did not start within 1500 ms"),
        (.unresponsive(.seconds(10)), "gave no sign of life for 10 s"),
        (.stopOverdue(.seconds(5)), "did not stop within 5 s"),
    ])
    func `a fault says what went wrong`(_ fault: ChildFault, _ words: String) {
        #expect(fault.description == words)
    }
}
