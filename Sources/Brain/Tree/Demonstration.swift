import Postgres

/// The two lines to try next: a client that listens, and a change that it will see.
enum Demonstration {
    private static let change = "UPDATE runs SET status='running' WHERE id='test-run-1'"
    /// In a database of the user's, any run will do.
    private static let anyChange = "UPDATE runs SET status='running' WHERE id=(SELECT id FROM runs LIMIT 1)"

    static func lines(port: Int, site: DatabaseSite) -> [String] {
        ["wscat -c ws://localhost:\(port)\(Route.sessionPath)", self.psql(site)]
    }

    private static func psql(_ site: DatabaseSite) -> String {
        guard site.dataDirectory == nil else { return self.embedded(port: site.target.overrides["port"]) }
        let conninfo = site.target.conninfo
        guard !conninfo.isEmpty else { return "psql -c \"\(self.anyChange)\"" }
        let shown = Redaction.redacted(conninfo) == conninfo ? "'\(conninfo)'" : "\"$DATABASE_URL\""
        return "psql \(shown) -c \"\(self.anyChange)\""
    }

    private static func embedded(port: String?) -> String {
        let port = port.flatMap { $0 == "5432" ? nil : "-p \($0) " } ?? ""
        return "psql -h localhost \(port)-U cecelia cecelia -c \"\(self.change)\""
    }
}
