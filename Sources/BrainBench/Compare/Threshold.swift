import Foundation

/// What a row's value must not pass.
struct Threshold: Codable, Equatable, Sendable {
    enum Kind: String, Codable, Sendable {
        case atMost = "at-most"
        case atLeast = "at-least"
    }

    let name: String
    let kind: Kind
    let bound: Double

    /// Whether a value keeps it; what isn't a number doesn't.
    func holds(for value: Double) -> Bool {
        switch self.kind {
        case .atMost: value <= self.bound
        case .atLeast: value >= self.bound
        }
    }

    /// `at most 1.20`.
    var text: String {
        "\(self.kind == .atMost ? "at most" : "at least") \(self.bound.text())"
    }
}

/// The thresholds of a file, by the names of rows.
struct Thresholds: Sendable {
    /// Where the repository has its own.
    static let path = "Docs/Thresholds/fanout.json"

    private let byName: [String: Threshold]

    /// No verdict.
    static let none = Thresholds(byName: [:])

    private init(byName: [String: Threshold]) {
        self.byName = byName
    }

    /// Reads a JSON array of thresholds.
    ///
    /// - Parameter data: what is in the file.
    /// - Throws: where it is something else, or names a row that isn't there or one twice: a name with a slip in it would
    ///   be a bound that nobody holds.
    init(parsing data: Data) throws(BenchError) {
        guard let list = try? JSONDecoder().decode([Threshold].self, from: data) else {
            throw .thresholds("it should be an array of objects with name, kind (at-most, at-least) and bound")
        }
        let names = Set(CompareRow.all.map(\.name))
        if let stranger = list.first(where: { !names.contains($0.name) }) {
            throw .thresholds("there is no row \(stranger.name)")
        }
        self.byName = Dictionary(list.map { ($0.name, $0) }) { $1 }
        guard self.byName.count == list.count else { throw .thresholds("a row has two thresholds") }
    }

    /// Reads a file.
    ///
    /// - Parameter path: nil for the repository's own where the current directory has it, or none.
    /// - Returns: what is in it.
    /// - Throws: where it can't be read, or as ``init(parsing:)``.
    static func load(_ path: String?) throws(BenchError) -> Thresholds {
        guard let data = FileManager.default.contents(atPath: path ?? Self.path) else {
            guard let path else { return .none }
            throw .thresholds("\(path) can't be read")
        }
        return try Thresholds(parsing: data)
    }

    subscript(name: String) -> Threshold? { self.byName[name] }
}
