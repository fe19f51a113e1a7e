extension ChildSnapshot {
    /// The tree as a Mermaid flow chart, one node for each line of it.
    ///
    /// A node has the name, the state, the restarts where there were any, and what else is to be said, each in
    /// a line of its own.
    package var mermaid: String {
        (["graph TD"] + self.chart(as: "n")).joined(separator: "\n")
    }

    private func chart(as node: String) -> [String] {
        let below = self.children.enumerated().flatMap { index, child in
            child.chart(as: "\(node)_\(index)") + ["    \(node) --> \(node)_\(index)"]
        }
        return ["    \(node)[\"\(self.label)\"]"] + below
    }

    private var label: String {
        let restarts = self.restarts > 0 ? ["\(self.restarts) restarts"] : []
        let lines = [self.id, self.state.rawValue] + restarts + self.remarks
        return lines.map(Self.escaped).joined(separator: "<br/>")
    }

    /// What would end the label, or be taken for HTML or Markdown, as Mermaid's entity codes.
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            "#&<>\"`\\".unicodeScalars.contains(scalar) ? "#\(scalar.value);" : String(scalar)
        }.joined()
    }
}
