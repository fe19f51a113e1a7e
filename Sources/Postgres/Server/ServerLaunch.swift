import Subprocess

/// All that is decided before a server's process is started.
struct ServerLaunch {
    let directory: DataDirectory
    let programs: ServerPrograms
    let choice: PortChoice
    let socketDirectory: String
    /// The caller's, as in postgresql.conf, unquoted.
    let settings: [String: String]

    /// How to start it; a cancellation stops it fast, and at once after the deadline.
    func configuration(stopDeadline: Duration) -> Configuration {
        var configuration = self.programs.configuration(
            "postgres",
            ["-D", self.directory.cluster] + self.options,
            in: self.directory.cluster,
            as: self.directory.user
        )
        configuration.platformOptions.teardownSequence = [
            .send(signal: .interrupt, allowedDurationToNextStep: stopDeadline),
            .send(signal: .quit, allowedDurationToNextStep: .seconds(10)),
        ]
        return configuration
    }

    /// Removes a socket directory outside the data directory; one that can't be removed is empty and harmless.
    func cleanUp() {
        if !self.socketDirectory.hasPrefix(self.directory.path) {
            try? FileSystem.removeTree(self.socketDirectory)
        }
    }

    /// Later settings win: those at the end keep the server private and its log where it is looked for.
    private var options: [String] {
        let defaults = ["wal_level": "logical", "lc_messages": "C"]
        let fixed = [
            "listen_addresses": self.choice.addresses,
            "port": "\(self.choice.port)",
            "unix_socket_directories": Self.quoted(self.socketDirectory),
            "unix_socket_permissions": "0700",
            "hba_file": self.directory.cluster + "/pg_hba.conf",
            // An empty name would be one that can't be written, and the server's log would say so at each start.
            "external_pid_file": self.socketDirectory + "/server.pid",
            "log_destination": "stderr",
            "logging_collector": "off",
        ]
        return [defaults, self.settings, fixed].flatMap { group in
            group.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        }
    }

    /// One entry of a list of directories, whatever is in its name.
    private static func quoted(_ path: String) -> String {
        "\"" + path.replacing("\"", with: "\"\"") + "\""
    }
}
