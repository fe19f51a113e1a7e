import ArgumentParser
import Brain
import Testing

@testable import BrainCLI

struct CommandLineTests {
    @Test(arguments: Setting.all.filter(\.hasFlag).map(\.name))
    func `serve has each flag, says what it does, and hands its value on`(name: String) throws {
        let setting = try #require(Setting.named(name))
        let help = BrainCommand.helpMessage(for: Serve.self, columns: 4000)
        #expect(help.contains("--\(name) <"))
        #expect(help.contains(setting.meaning))
        #expect(help.contains("Default: \(setting.defaultText). Environment: \(setting.environment)"))
        let serve = try #require(BrainCommand.parseAsRoot(["serve", "--\(name)", "x"]) as? Serve)
        #expect(serve.database.flags.merging(serve.settings.flags) { $1 } == [name: ["x"]])
    }

    @Test func `help names what is set in the environment alone, and what isn't yet in force`() throws {
        let help = BrainCommand.helpMessage(for: Serve.self, columns: 4000)
        for setting in Setting.all {
            #expect(help.contains(setting.environment))
            if let remark = setting.remark { #expect(help.contains(remark)) }
        }
    }

    @Test func `a flag that may be repeated hands on every value`() throws {
        let arguments = ["--allow-cidr", "a", "--allow-cidr", "b"]
        let serve = try #require(BrainCommand.parseAsRoot(arguments) as? Serve)
        #expect(serve.settings.flags == ["allow-cidr": ["a", "b"]])
    }

    @Test func `brain alone is brain serve, with flags too`() throws {
        #expect(try BrainCommand.parseAsRoot([]) is Serve)
        let serve = try #require(BrainCommand.parseAsRoot(["--port", "1", "--config", "b.yaml"]) as? Serve)
        #expect(serve.settings.flags == ["port": ["1"]])
        #expect(serve.database.config == "b.yaml")
    }

    @Test func `migrate takes the database's settings and no others`() throws {
        let arguments = ["migrate", "--print", "--remove", "--database-url", "a", "--data-dir", "b"]
        let migrate = try #require(BrainCommand.parseAsRoot(arguments) as? Migrate)
        #expect(migrate.print && migrate.remove)
        #expect(migrate.database.flags == ["database-url": ["a"], "data-dir": ["b"]])
        #expect(status(of: ["migrate", "--port", "1"]) == 64)
    }

    @Test(arguments: [["--bogus"], ["frob"], ["--port"], ["serve", "extra"], ["migrate", "--print=1"]])
    func `a wrong command line ends with 64`(arguments: [String]) {
        #expect(status(of: arguments) == 64)
    }

    @Test(arguments: [["--help"], ["--version"], ["serve", "--help"], ["migrate", "--help"]])
    func `help and version end with 0`(arguments: [String]) {
        #expect(status(of: arguments) == 0)
    }

    @Test func `version is the release`() {
        #expect(throws: (any Error).self) { try BrainCommand.parseAsRoot(["--version"]) }
        #expect(BrainCommand.configuration.version == "0.1.0")
    }

    @Test func `a failure is said in words and ends with its status`() {
        let failure = StartFailure(status: .unavailable, message: "port 5221 is taken; name another with --port")
        #expect(failureMessages(failure) == ["port 5221 is taken; name another with --port"])
        #expect(failureStatus(failure) == .unavailable)
        #expect(failureMessages(CancellationError()) == ["CancellationError()"])
        #expect(failureStatus(CancellationError()) == .software)
    }

    @Test func `faults of the configuration are a line each and end with 78`() {
        #expect(throws: ConfigurationFaults.self) {
            do {
                _ = try Configuration.read(flags: ["port": ["x"], "queue-runs": ["y"]], environment: [:])
            } catch {
                #expect(failureMessages(error).count == 2)
                #expect(failureStatus(error) == .configuration)
                throw error
            }
        }
    }

    private func status(of arguments: [String]) -> Int32? {
        do {
            var command = try BrainCommand.parseAsRoot(arguments)
            // Help is a command of the parser's own; those of ours are not run here.
            if !(command is any AsyncParsableCommand) { try command.run() }
            return nil
        } catch {
            return BrainCommand.exitCode(for: error).rawValue
        }
    }
}
