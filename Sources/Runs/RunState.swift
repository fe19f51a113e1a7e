/// What clients are told of a run: two states are equal where the bytes they would be sent are.
package struct RunState: Sendable {
    /// The longest `error` in UTF-8 bytes, its ellipsis included (contract §3.1).
    package static let longestError = 65_536

    // `data` before `status`: what follows in a bigger struct fills the padding (see `KnownRuns`).

    /// The JSON object `data` of contract §3.1, complete, its keys in the contract's order, `id` first.
    package let data: String
    /// The meaning of the row's status word.
    package let status: RunStatus

    /// Puts together again what was read before.
    init(data: String, status: RunStatus) {
        self.data = data
        self.status = status
    }

    /// Reads a row; nil where its status is NULL or a word that contract §3.3 doesn't know.
    package init?(_ row: RunRow) {
        guard let word = row.status, let status = RunStatus(word: word) else { return nil }
        self.data = Self.object(row, status: status.word)
        self.status = status
    }

    /// Reads a row that leaves out what is unchanged since `known`; nil where ``init(_:)`` would be.
    init?(_ row: RunRow, over known: RunState) {
        guard let word = row.status, let status = RunStatus(word: word) else { return nil }
        self.data = Self.object(row, status: status.word, over: FlatObject(known.data))
        self.status = status
    }

    /// The row as the HTTP API shows it: as `data`, but a status that contract §3.3 doesn't know stands as it is, or null.
    package static func json(of row: RunRow) -> String {
        Self.object(row, status: row.status.map { RunStatus(word: $0)?.word ?? $0 })
    }

    /// What the row leaves out as unchanged is taken from `known`.
    private static func object(_ row: RunRow, status: String?, over known: FlatObject? = nil) -> String {
        var object = JSONObjectText()
        /// Adds what is known under the key, where the row leaves it out.
        func isAdded(_ key: String, _ field: RunFields) -> Bool {
            guard row.unchanged.contains(field) else { return false }
            object.add(key, json: known?.value(of: key))
            return true
        }
        object.add("id", text: row.id)
        object.add("status", json: status.map(JSONText.quoted) ?? "null")
        if !isAdded("progress", .progress) {
            object.add("progress", json: row.progress.flatMap(DecimalText.normalized))
        }
        if !isAdded("task_id", .taskID) { object.add("task_id", text: row.taskID) }
        if !isAdded("agent", .agent) { object.add("agent", text: row.agent) }
        if !isAdded("started_at", .startedAt) {
            object.add("started_at", text: row.startedAt.flatMap(WireTime.text(postgres:)))
        }
        if !isAdded("completed_at", .completedAt) {
            object.add("completed_at", text: row.completedAt.flatMap(WireTime.text(postgres:)))
        }
        if !isAdded("error", .error) { object.add("error", text: row.error.map(Self.shortened)) }
        return object.finished()
    }

    /// Cuts an over-long error before a character, or before a scalar where one "character" fills it all.
    private static func shortened(_ error: String) -> String {
        guard error.utf8.count > self.longestError else { return error }
        let scalars = error.unicodeScalars
        let limit = error.utf8.index(error.startIndex, offsetBy: self.longestError - "…".utf8.count)
        let cut = scalars.index(before: scalars.index(after: limit))
        let length = error.utf8.distance(from: error.startIndex, to: cut)
        // Whether a character begins there depends on what stands before and on one scalar more: the rest, of any
        // length, needn't be looked at.
        let head = String(error[..<scalars.index(after: cut)])
        let kept = self.prefix(of: head, endingBefore: head.utf8.index(head.startIndex, offsetBy: length))
        return (kept.isEmpty ? error[..<cut] : kept) + "…"
    }

    /// The characters that end at `index` or before it.
    private static func prefix(of text: String, endingBefore index: String.Index) -> Substring {
        // A step forward starts from the character that holds the index, so the step back is that character's start.
        text[..<text.index(before: text.index(after: index))]
    }
}

extension RunState: Equatable {
    /// Compares bytes: Swift's own `==` on strings takes a composed and a decomposed `é` for the same.
    package static func == (left: RunState, right: RunState) -> Bool {
        left.status == right.status && left.data.hasSameBytes(as: right.data)
    }
}
