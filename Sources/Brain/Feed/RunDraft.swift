import Runs

/// What a request wants to write into a run: for each column whether it is left alone, cleared, or given a value.
package struct RunDraft: Sendable, Equatable {
    /// What becomes of a column.
    package enum Entry: Sendable, Equatable {
        /// Not named: it stays as it is, or gets its default.
        case absent
        /// Becomes NULL.
        case null
        /// Becomes this: text, an RFC 3339 time, or a number in decimal digits.
        case value(String)
    }

    private var entries: [RunsTable.Field: Entry] = [:]

    /// A draft that names nothing.
    package init() {}

    /// What becomes of a column.
    package subscript(field: RunsTable.Field) -> Entry {
        get { self.entries[field] ?? .absent }
        set { self.entries[field] = newValue }
    }

    /// The columns that are named, in the order of ``RunRow``.
    var named: [RunsTable.Field] {
        RunsTable.Field.allCases.filter { self[$0] != .absent }
    }
}

/// What a body is for, which decides whether it may name an id.
package enum RunDraftPurpose: Sendable {
    /// A new run: `id` may be given.
    case create
    /// A change of one: `id` is in the path, and can't be changed.
    case patch
}

/// Everything that is wrong with a request's body, a line each.
package struct RunDraftFaults: Error, Sendable, Equatable {
    /// At least one.
    package let faults: [String]
}

extension RunDraft {
    /// Reads a request's body, without asking the database.
    ///
    /// - Parameters:
    ///   - body: JSON: an object whose members are text, a number for `progress`, or null.
    ///   - purpose: whether it may name an id.
    /// - Returns: what it says.
    /// - Throws: every fault: no JSON object, an unknown or repeated field, a value that doesn't fit.
    package static func parse(_ body: [UInt8], for purpose: RunDraftPurpose) throws(RunDraftFaults) -> RunDraft {
        let members: [FlatJSON.Member]
        do {
            members = try FlatJSON.members(of: body)
        } catch {
            throw RunDraftFaults(faults: [error.description])
        }
        var draft = RunDraft()
        var faults: [String] = []
        for member in members {
            do {
                try draft.take(member, for: purpose)
            } catch {
                faults.append(contentsOf: error.faults)
            }
        }
        guard faults.isEmpty else {
            throw RunDraftFaults(faults: faults)
        }
        return draft
    }

    private mutating func take(_ member: FlatJSON.Member, for purpose: RunDraftPurpose) throws(RunDraftFaults) {
        guard let field = RunsTable.Field(rawValue: member.name) else {
            throw RunDraftFaults(faults: ["unknown field \(Self.shown(member.name))"])
        }
        guard self[field] == .absent else {
            throw RunDraftFaults(faults: ["\(field.rawValue) is given twice"])
        }
        if let fault = Self.fault(in: member.value, of: field, for: purpose) {
            throw RunDraftFaults(faults: ["\(field.rawValue) \(fault)"])
        }
        self[field] = Self.entry(member.value)
    }

    private static func entry(_ value: FlatJSON.Value) -> Entry {
        switch value {
        case .null: .null
        case .text(let text): .value(text)
        case .number(let digits): .value(DecimalText.normalized(digits) ?? digits)
        case .other: .absent
        }
    }

    private static func fault(
        in value: FlatJSON.Value,
        of field: RunsTable.Field,
        for purpose: RunDraftPurpose
    ) -> String? {
        switch (field, value) {
        case (.id, _) where purpose == .patch: "can't be changed"
        case (.id, .null), (.id, .text("")): "can't be empty"
        case (_, .null): nil
        case (.progress, .number(let digits)): Self.isSmallNumber(digits) ? nil : "has too many digits"
        case (.progress, _): "must be a number"
        case (.status, .text(let word)): RunStatus(word: word) == nil ? "is none of the known words" : nil
        case (.startedAt, .text(let time)), (.completedAt, .text(let time)):
            WireTime.isRFC3339(time) ? nil : "must be an RFC 3339 time, such as 2026-02-06T01:30:00Z"
        case (_, .text(let text)): text.utf8.contains(0) ? "can't hold a NUL character" : nil
        default: "must be text"
        }
    }

    /// Bounds what a short text with an exponent can become: 64 digits are more than any progress needs.
    private static func isSmallNumber(_ digits: String) -> Bool {
        guard digits.utf8.count <= 64 else {
            return false
        }
        return (DecimalText.normalized(digits)?.utf8.count ?? .max) <= 64
    }

    /// A name from outside, cut and escaped.
    static func shown(_ name: String) -> String {
        JSONText.quoted(name.count > 64 ? "\(name.prefix(64))…" : name)
    }
}
