import ArgumentParser
import Brain
import Foundation

/// `brain`: without a command it is `brain serve`.
@main
struct BrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brain",
        abstract: "Pushes the changes of the runs in a PostgreSQL database to WebSocket clients.",
        discussion: "`brain` alone is `brain serve`; `brain serve --help` lists every setting.",
        version: BrainVersion.current,
        subcommands: [Serve.self, Migrate.self],
        defaultSubcommand: Serve.self
    )

    static func main() async {
        // A reader of standard output or error that goes away is an error of that write, not the end of the daemon.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(error)
        }
    }

    /// Ends the process as ArgumentParser would, but shows no password that stood where none belongs.
    private static func end(_ error: any Error) -> Never {
        let status = exitCode(for: error)
        let message = Redaction.redacted(fullMessage(for: error))
        if !message.isEmpty {
            let output = status.isSuccess ? FileHandle.standardOutput : FileHandle.standardError
            try? output.write(contentsOf: Data("\(message)\n".utf8))
        }
        Foundation.exit(status.rawValue)
    }
}
