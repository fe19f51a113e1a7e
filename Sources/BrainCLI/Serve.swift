import ArgumentParser
import Brain
import Foundation
import Logging

/// `brain serve`: runs the daemon until a signal stops it.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the daemon until SIGTERM or SIGINT; a second signal ends it at once.",
        discussion: """
            A flag wins over the environment, the environment over the file of --config, the file over the default. \
            The keys of a file are the flags without their dashes. Several values are a list in a file, and come with \
            commas between them in the environment.

            \(HelpTexts.environmentOnly)
            """
    )

    @OptionGroup(title: "Database")
    var database: DatabaseOptions

    @OptionGroup(title: "Settings")
    var settings: ServeOptions

    func run() async throws {
        try await reportingFailure {
            let flags = self.database.flags.merging(self.settings.flags) { $1 }
            let (configuration, logger) = try self.start(flags)
            let service = Self.serviceManager(logger)
            let daemon = try Daemon(configuration, logger: logger, service: service) { lines in
                for line in lines { Swift.print(line) }
                fflush(nil)
            }
            try await runUntilSignalled(daemon, drainTimeout: configuration.server.drainTimeout, logger: logger)
        }
    }

    /// What is wrong with the settings is for the service manager, too, who may be the only one to show it.
    private func start(_ flags: [String: [String]]) throws -> (Configuration, Logger) {
        do {
            return try BrainCLI.start(flags: flags, file: self.database.config)
        } catch {
            let reason = failureMessages(error).joined(separator: "; ")
            Self.serviceManager(Configuration().log.makeLogger())?.failed(reason)
            throw error
        }
    }

    private static func serviceManager(_ logger: Logger) -> ServiceManager? {
        ServiceManager(environment: ProcessInfo.processInfo.environment, logger: logger)
    }
}
