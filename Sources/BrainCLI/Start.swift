import ArgumentParser
import Brain
import Foundation
import Logging

/// Reads what was set, and says what is passed over.
func start(flags: [String: [String]], file path: String?) throws -> (Configuration, Logger) {
    let environment = ProcessInfo.processInfo.environment
    let reading = try Configuration.read(
        flags: flags,
        environment: environment,
        file: path.map(ConfigurationFile.init(reading:))
    )
    let logger = reading.configuration.log.makeLogger(journal: environment["JOURNAL_STREAM"])
    for case .kubernetesName(let name) in reading.warnings {
        logger.log(.warning, "passed over a name that Kubernetes sets", [.name: "\(name)"])
    }
    return (reading.configuration, logger)
}

/// Runs a command; a failure is said in a line on standard error and ends the process with its status.
func reportingFailure(_ command: () async throws -> Void) async throws {
    do {
        try await command()
    } catch {
        for message in failureMessages(error) { say("brain: \(message)") }
        throw ExitCode(failureStatus(error).rawValue)
    }
}

func failureMessages(_ error: any Error) -> [String] {
    switch error {
    case let faults as ConfigurationFaults: faults.faults.map(\.description)
    case let failure as StartFailure: [failure.message]
    default: [LogText.shown("\(error)")]
    }
}

func failureStatus(_ error: any Error) -> ExitStatus {
    switch error {
    case is ConfigurationFaults: .configuration
    case let failure as StartFailure: failure.status
    default: .software
    }
}

/// Writes a line to standard error; where nobody reads it there is nobody to tell.
private func say(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
}
