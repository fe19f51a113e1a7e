import ArgumentParser
import Foundation

/// What a measurement found: lines to read, or one JSON object.
protocol Report: Encodable, Sendable {
    var lines: [String] { get }
}

/// The options that all measurements have.
struct ReportOptions: ParsableArguments {
    @Flag(help: "Print one JSON object instead of a table.")
    var json = false

    func show(_ report: some Report) throws {
        guard self.json else {
            for line in report.lines { print(line) }
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        // A ratio to nothing must not cost a quarter of an hour's report.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        print(String(decoding: try encoder.encode(report), as: UTF8.self))
    }

    /// Says how far it is, to a person who waits.
    static func progress(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data("\(text)\n".utf8))
    }
}

/// Columns as wide as their widest cell; the first ones to the left, numbers to the right.
struct TextTable {
    let leading: Int
    private var rows: [[String]]

    /// - Parameters:
    ///   - head: the columns' names.
    ///   - leading: how many columns hold words.
    init(_ head: [String], leading: Int) {
        self.leading = leading
        self.rows = [head]
    }

    mutating func add(_ row: [String]) {
        self.rows.append(row)
    }

    var lines: [String] {
        let widths = (0..<(self.rows.first?.count ?? 0)).map { column in
            self.rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return self.rows.map { row in
            row.enumerated().map { self.padded($1, to: widths[$0], column: $0) }.joined(separator: "  ")
        }
    }

    private func padded(_ text: String, to width: Int, column: Int) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return column < self.leading ? text + space : space + text
    }
}

extension Double {
    /// With so many digits behind the point.
    func text(_ digits: Int = 2) -> String {
        String(format: "%.\(digits)f", self)
    }
}

extension Duration {
    /// As a number of milliseconds.
    var milliseconds: Double { self / .milliseconds(1) }
}

/// Several values of an option with commas between them.
struct CommaList<Element: ExpressibleByArgument & Sendable>: ExpressibleByArgument, Sendable {
    let elements: [Element]

    init(_ elements: [Element]) {
        self.elements = elements
    }

    init?(argument: String) {
        let parts = argument.split(separator: ",").map(String.init)
        let elements = parts.compactMap { Element(argument: $0) }
        guard elements.count == parts.count, !elements.isEmpty else { return nil }
        self.elements = elements
    }

    var defaultValueDescription: String { self.elements.map(\.defaultValueDescription).joined(separator: ",") }
}
