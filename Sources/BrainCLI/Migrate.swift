import ArgumentParser
import Brain

/// `brain migrate`: makes the database ready, or takes out again what it put in.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the database ready: the table `runs` where there is none, trigger and publication.",
        discussion: """
            Can be run again at any time. The database is named as for `brain serve`. With --capture it puts in what \
            that one needs, and takes out the rest: wal the publication, notify the trigger, poll neither.
            """
    )

    @Flag(help: "Show the SQL and change nothing.")
    var print = false

    @Flag(help: "Drop triggers, publication and the schema `brain`; never `runs`.")
    var remove = false

    @OptionGroup(title: "Database")
    var database: DatabaseOptions

    private var action: DatabaseMigration.Action {
        if self.print { self.remove ? .printRemoval : .printScript } else { self.remove ? .remove : .apply }
    }

    func run() async throws {
        try await reportingFailure {
            let (configuration, _) = try start(flags: self.database.flags, file: self.database.config)
            let migration = try DatabaseMigration(of: configuration.database, for: configuration.capture)
            try await migration.run(self.action) { Swift.print($0) }
        }
    }
}
