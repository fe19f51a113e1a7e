import Yams

/// The settings in a file: YAML, of which JSON is a part (YAML 1.2 §1.3).
struct FileSettings {
    /// The values by key; a key whose value isn't usable has a fault instead.
    private(set) var values: [String: [String]] = [:]
    private(set) var faults: [ConfigurationFault] = []
    private let path: String

    /// Reads what `file` holds.
    ///
    /// The parser's own words are never passed on whole: they quote lines of the file.
    init(_ file: ConfigurationFile) {
        self.path = file.path
        switch file.text {
        case .success(let text): self.read(text)
        case .failure(let unreadable): self.fail(unreadable.problem)
        }
    }

    private mutating func read(_ text: String) {
        do {
            guard let root = try compose(yaml: text), !Self.isNull(root) else { return }
            guard case .mapping(let mapping) = root else {
                return self.fail("has no settings at its top level; lines like `port: 5221` fit")
            }
            for (key, value) in mapping { self.take(value, for: key) }
        } catch {
            self.fail(Self.problem(error))
        }
    }

    private mutating func take(_ value: Node, for key: Node) {
        guard let name = key.scalar?.string else { return self.fail("has a key that is no word") }
        guard let setting = Setting.named(name), setting.hasFlag else {
            let names = Setting.all.filter(\.hasFlag).map(\.name)
            return self.faults.append(.unknown(source: self.source(name), nearest: nearest(to: name, of: names)))
        }
        guard let texts = Self.texts(value), setting.takesSeveral || value.sequence == nil else {
            let wanted = setting.takesSeveral ? "a list, each of it \(setting.fits)," : setting.fits
            return self.faults.append(.shape(source: self.source(name), wanted: wanted))
        }
        self.values[name] = texts
    }

    private mutating func fail(_ problem: String) {
        self.faults.append(.file(path: self.path, problem: problem))
    }

    private func source(_ key: String) -> SettingSource { .file(path: self.path, key: key) }

    /// The value's text or those of its elements; nil where something deeper is in it.
    private static func texts(_ value: Node) -> [String]? {
        switch value {
        case .scalar: text(value).map { [$0] }
        case .sequence(let sequence): sequence.allSatisfy { text($0) != nil } ? sequence.compactMap(text) : nil
        case .mapping, .alias: nil
        }
    }

    /// A scalar as it is written, so that `010` stays what the user sees; nothing where there is no value.
    private static func text(_ node: Node) -> String? {
        isNull(node) ? "" : node.scalar?.string
    }

    private static func isNull(_ node: Node) -> Bool {
        node.scalar?.style == .plain && node.tag == Tag(.null)
    }

    private static func problem(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "is not YAML or JSON at line \(mark.line), column \(mark.column): \(problem)"
        case .duplicatedKeysInMapping(let keys, _):
            "sets a key more than once: \(keys.map { LogText.shown($0) }.joined(separator: ", "))"
        default:
            "is not YAML or JSON"
        }
    }
}
