/// The tree at one moment, as `GET /api/debug/tree` shows it (contract §2).
///
/// As JSON it has the keys `id`, `state`, `strategy`, `restarts`, `last_failure` and `children`, or
/// `count` in place of the last; what has no value is null, never left out.
package struct ChildSnapshot: Sendable, Equatable {
    /// What is below a node.
    package enum Members: Sendable, Equatable {
        /// Children with a line of their own; a leaf has none.
        case children([ChildSnapshot])
        /// How many records a dynamic child keeps.
        case count(Int)
    }

    /// The name in the tree.
    package let id: String
    /// What it does at this moment.
    package let state: ChildState
    /// The strategy of a supervisor; nil for a leaf.
    package let strategy: Strategy?
    /// How often it was restarted since its supervisor was made: one made afresh counts from 0.
    package let restarts: Int
    /// The last failure in words, kept after the restart; nil: none so far.
    package let lastFailure: String?
    /// How many abandoned instances of it still run; the text and the chart say it where there are any, JSON doesn't.
    package var leftBehind = 0
    /// What is below it.
    package let members: Members
}

extension ChildSnapshot: Codable {
    private enum CodingKeys: String, CodingKey {
        case id
        case state
        case strategy
        case restarts
        case lastFailure = "last_failure"
        case children
        case count
    }

    /// Reads what ``encode(to:)`` writes.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.id = try values.decode(String.self, forKey: .id)
        self.state = try values.decode(ChildState.self, forKey: .state)
        self.strategy = try values.decode(Strategy?.self, forKey: .strategy)
        self.restarts = try values.decode(Int.self, forKey: .restarts)
        self.lastFailure = try values.decode(String?.self, forKey: .lastFailure)
        if let count = try values.decodeIfPresent(Int.self, forKey: .count) {
            self.members = .count(count)
        } else {
            self.members = .children(try values.decode([ChildSnapshot].self, forKey: .children))
        }
    }

    /// Writes every key; `encode`, not `encodeIfPresent`, is what makes nil a null.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(self.id, forKey: .id)
        try values.encode(self.state, forKey: .state)
        try values.encode(self.strategy, forKey: .strategy)
        try values.encode(self.restarts, forKey: .restarts)
        try values.encode(self.lastFailure, forKey: .lastFailure)
        switch self.members {
        case .children(let children): try values.encode(children, forKey: .children)
        case .count(let count): try values.encode(count, forKey: .count)
        }
    }
}

extension ChildSnapshot: CustomStringConvertible {
    /// The tree as text: for each child its state, restarts, strategy, number of records, and last failure.
    ///
    /// Of the root, its state, and why it failed.
    package var description: String {
        let reason = self.lastFailure.map { " (\($0))" } ?? ""
        return TreeText.draw(title: "\(self.id): \(self.state.rawValue)\(reason)", nodes: self.node.children)
    }

    private var node: TreeText.Node {
        let columns = [self.state.rawValue, "\(self.restarts) restarts", self.remarks.joined(separator: "; ")]
        return TreeText.Node(name: self.id, columns: columns, children: self.children.map(\.node))
    }

    /// What is to be said of the node beside its state and restarts.
    var remarks: [String] {
        let count: String? = if case .count(let count) = self.members { "count \(count)" } else { nil }
        let left: String? = self.leftBehind > 0 ? "\(self.leftBehind) left behind" : nil
        return [self.strategy?.rawValue, count, left, self.lastFailure].compactMap(\.self)
    }

    /// The children with a line of their own.
    var children: [ChildSnapshot] {
        if case .children(let children) = self.members { children } else { [] }
    }
}
