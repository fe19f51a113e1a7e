/// Draws a tree as text: a title, then a line per node, with its columns set one below the other.
enum TreeText {
    struct Node {
        let name: String
        let columns: [String]
        let children: [Node]
    }

    /// The text: lines of `├── name  column  column`, without a newline at the end.
    static func draw(title: String, nodes: [Node]) -> String {
        let rows = self.rows(nodes, indent: "")
        let widths = self.widths(rows)
        return ([title] + rows.map { self.line($0, widths) }).joined(separator: "\n")
    }

    private static func rows(_ nodes: [Node], indent: String) -> [[String]] {
        nodes.enumerated().flatMap { index, node in
            let isLast = index == nodes.count - 1
            let row = [indent + (isLast ? "└── " : "├── ") + node.name] + node.columns
            return [row] + self.rows(node.children, indent: indent + (isLast ? "    " : "│   "))
        }
    }

    private static func widths(_ rows: [[String]]) -> [Int] {
        rows.reduce(into: []) { widths, row in
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
    }

    private static func line(_ row: [String], _ widths: [Int]) -> String {
        var text = ""
        for (cell, width) in zip(row, widths) {
            text += cell + String(repeating: " ", count: width - cell.count + 3)
        }
        while text.last == " " { text.removeLast() }
        return text
    }
}
