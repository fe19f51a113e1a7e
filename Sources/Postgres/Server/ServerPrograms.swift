import Glibc
import Subprocess
import SystemPackage

/// The directory of this machine's PostgreSQL programs.
package struct ServerPrograms: Sendable, Equatable {
    /// Holds `initdb` and `postgres`.
    package let directory: String

    /// Finds the programs: the newest release of Debian's layout, else what `pg_config` names, else on the PATH.
    ///
    /// - Parameter release: the major release that made a cluster, which no other can run; it is preferred.
    /// - Returns: a directory that holds both programs.
    /// - Throws: ``PrivateServerError/programsMissing``.
    package static func locate(release: String? = nil) async throws(PrivateServerError) -> ServerPrograms {
        if let packaged = Self.packaged(under: "/usr/lib/postgresql", release: release) {
            return packaged
        }
        if let named = await Self.configuredDirectory().flatMap(Self.init(in:)) {
            return named
        }
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        guard let found = path.split(separator: ":").compactMap({ Self(in: String($0)) }).first else {
            throw .programsMissing
        }
        return found
    }

    /// The release asked for, else the newest, of `<root>/<release>/bin`.
    static func packaged(under root: String, release: String?) -> ServerPrograms? {
        let releases = FileSystem.names(in: root).filter { Double($0) != nil }
        let newestFirst = releases.sorted { (Double($0) ?? 0) > (Double($1) ?? 0) }
        let inOrder = newestFirst.filter { $0 == release } + newestFirst
        return inOrder.compactMap { Self(in: "\(root)/\($0)/bin") }.first
    }

    /// Nil where one of the programs isn't there.
    private init?(in directory: String) {
        guard ["initdb", "postgres"].allSatisfy({ access("\(directory)/\($0)", X_OK) == 0 }) else {
            return nil
        }
        self.directory = directory
    }

    private static func configuredDirectory() async -> String? {
        let result = try? await Subprocess.run(
            .name("pg_config"),
            arguments: ["--bindir"],
            output: .string(limit: 4096)
        )
        return result?.standardOutput.split(whereSeparator: \.isNewline).first.map(String.init)
    }

    /// How to run one of them: as the server's user, in its cluster, in a session of its own, in English.
    ///
    /// - Parameters:
    ///   - program: its name.
    ///   - arguments: what it is called with.
    ///   - directory: its working directory, since the user may not be let into this process's own.
    ///   - user: whom it runs as.
    /// - Returns: a configuration that a Ctrl-C of this process's terminal doesn't reach.
    func configuration(
        _ program: String,
        _ arguments: [String],
        in directory: String,
        as user: ServerUser
    ) -> Configuration {
        var options = PlatformOptions()
        options.createSession = true
        let command = ["\(self.directory)/\(program)"] + arguments
        return Configuration(
            executable: user.isForeign ? .name("setpriv") : .path(FilePath(command[0])),
            arguments: Arguments(user.isForeign ? Self.dropPrivileges(to: user) + command : arguments),
            environment: .custom(["PATH": "\(self.directory):/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"]),
            workingDirectory: FilePath(directory),
            platformOptions: options
        )
    }

    /// The options of setpriv(1) that run a command as another user, without any of root's groups.
    ///
    /// setpriv (util-linux) becomes the command itself, so the pid stays. Subprocess's own `userID` won't do: it calls
    /// setgroups(3) between clone(2) and exec, which waits for ever where another thread was just making a thread.
    private static func dropPrivileges(to user: ServerUser) -> [String] {
        ["--reuid=\(user.userID)", "--regid=\(user.groupID)", "--clear-groups", "--"]
    }
}
