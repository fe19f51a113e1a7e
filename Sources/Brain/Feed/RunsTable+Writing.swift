/// A statement and the texts for its parameters.
struct Statement: Sendable, Equatable {
    let text: String
    let parameters: [String?]
}

extension RunsTable {
    /// Makes a run.
    ///
    /// - Parameters:
    ///   - draft: what to write.
    ///   - newID: an id where neither the draft nor the column's default gives one.
    /// - Returns: the statement, which returns the row.
    /// - Throws: `rejected` for a column that the table lacks.
    func insert(_ draft: RunDraft, newID: String) throws(RunsQueryError) -> Statement {
        var draft = draft
        if draft[.id] == .absent, self.columns[.id]?.hasDefault != true {
            guard !["bigint", "integer", "smallint", "numeric"].contains(self.idType) else {
                throw .rejected("id must be given: the column makes none")
            }
            draft[.id] = .value(newID)
        }
        if draft[.status] == .absent, self.columns[.status]?.hasDefault != true {
            draft[.status] = .value("queued")
        }
        let (names, values, parameters) = try self.assignments(draft)
        let content =
            names.isEmpty
            ? "DEFAULT VALUES" : "(\(names.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))"
        return Statement(
            text: "INSERT INTO \(self.name) \(content) RETURNING \(self.selectList)",
            parameters: parameters
        )
    }

    /// Changes a run.
    ///
    /// - Parameters:
    ///   - id: which one.
    ///   - draft: what to write; at least one column.
    /// - Returns: the statement, which returns the row.
    /// - Throws: `rejected` for a column that the table lacks.
    func update(_ id: String, _ draft: RunDraft) throws(RunsQueryError) -> Statement {
        let (names, values, parameters) = try self.assignments(draft)
        var changes = zip(names, values).map { "\($0) = \($1)" }
        if self.hasUpdatedAt {
            changes.append("updated_at = pg_catalog.now()")
        }
        return Statement(
            text: """
                UPDATE \(self.name) SET \(changes.joined(separator: ", ")) \
                WHERE \(self.idColumn) = $\(parameters.count + 1)::\(self.idType) RETURNING \(self.selectList)
                """,
            parameters: parameters + [id]
        )
    }

    /// Reads a run.
    func selectOne(_ id: String) -> Statement {
        Statement(
            text: "SELECT \(self.selectList) FROM \(self.name) WHERE \(self.idColumn) = $1::\(self.idType) LIMIT 1",
            parameters: [id]
        )
    }

    private func assignments(
        _ draft: RunDraft
    ) throws(RunsQueryError) -> (names: [String], values: [String], parameters: [String?]) {
        var names: [String] = []
        var values: [String] = []
        var parameters: [String?] = []
        for field in draft.named {
            guard let column = self.columns[field] else {
                throw .rejected("the table runs has no column \(field.rawValue)")
            }
            names.append(Self.quoted(column.name))
            values.append(Self.cast("$\(parameters.count + 1)", field, column))
            parameters.append(draft[field].text)
        }
        return (names, values, parameters)
    }

    /// A time goes by way of one with a zone: a column without would pass over the offset.
    private static func cast(_ parameter: String, _ field: Field, _ column: Column) -> String {
        switch field {
        case .startedAt, .completedAt: "\(parameter)::timestamp with time zone::\(column.type)"
        default: "\(parameter)::\(column.type)"
        }
    }
}

extension RunsTable {
    /// Runs by their time, those without one first, then the latest, then by id.
    ///
    /// - Parameter request: which ones.
    /// - Returns: the statement; each row ends with the time in full precision.
    func page(_ request: RunsPageRequest) -> Statement {
        var parameters: [String?] = []
        var conditions: [String] = []
        if let status = request.status {
            parameters.append(Self.arrayLiteral(status))
            let column = self.text(of: .status)
            conditions.append("pg_catalog.lower(\(column) COLLATE \"C\") = ANY($\(parameters.count)::text[])")
        }
        if let task = request.taskID {
            parameters.append(task)
            conditions.append("\(self.text(of: .taskID)) = $\(parameters.count)::text")
        }
        if let cursor = request.cursor {
            conditions.append(self.isBehind(cursor, &parameters))
        }
        let condition = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        let time = self.columns[.startedAt].map { Self.quoted($0.name) }
        let order = (time.map { "\($0) DESC NULLS FIRST, " } ?? "") + self.idColumn
        return Statement(
            text: """
                SELECT \(self.selectList) FROM \(self.name)\(condition) ORDER BY \(order) LIMIT \(request.limit + 1)
                """,
            parameters: parameters
        )
    }

    private func text(of field: Field) -> String {
        self.columns[field].map { "\(Self.quoted($0.name))::text" } ?? "NULL::text"
    }

    private func isBehind(_ cursor: RunCursor, _ parameters: inout [String?]) -> String {
        parameters.append(cursor.id)
        let later = "\(self.idColumn) > $\(parameters.count)::\(self.idType)"
        guard let column = self.columns[.startedAt] else {
            return later
        }
        let time = Self.quoted(column.name)
        guard let startedAt = cursor.startedAt else {
            return "(\(time) IS NOT NULL OR \(later))"
        }
        parameters.append(startedAt)
        let mark = "$\(parameters.count)::\(column.type)"
        return "(\(time) < \(mark) OR (\(time) = \(mark) AND \(later)))"
    }
}

extension RunDraft.Entry {
    /// The parameter: nil for NULL.
    fileprivate var text: String? {
        guard case .value(let text) = self else {
            return nil
        }
        return text
    }
}
