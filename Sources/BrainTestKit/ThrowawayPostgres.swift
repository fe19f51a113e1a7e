import Foundation
import Glibc
package import Postgres
import Synchronization

/// A PostgreSQL server for one test process, gone with it however it ends.
///
/// A shell in a session of its own runs it and reads a pipe that this process alone can write to: its end, even by
/// SIGKILL, ends the pipe, whereupon the shell stops the server and removes its files.
package final class ThrowawayPostgres: Sendable {
    /// The directory of the server's socket and files.
    package let directory: String
    private let thread: PollThread
    private let databases = Atomic(0)
    /// Kept for its write end's sake, which the process holds to its end.
    private let lifeline: Int32

    /// The server of this process, started at the first use.
    ///
    /// - Returns: always the same.
    /// - Throws: what hindered its start.
    package static func shared() throws -> ThrowawayPostgres {
        try self.started.get()
    }

    /// A further server, for a test that stops it, or that needs one of its own kind.
    ///
    /// - Parameter settings: of the server, beside or instead of those that all have; names and values without spaces.
    /// - Returns: a server that `order(.end)` should end.
    /// - Throws: what hindered its start.
    package static func another(_ settings: [String: String] = [:]) throws -> ThrowawayPostgres {
        try ThrowawayPostgres(settings)
    }

    /// What can be asked of a server that ``another()`` made.
    package enum Order: String, Sendable {
        /// Stops it cleanly, its clients cut off.
        case stop
        /// Stops it as if the machine had gone down, but for what the kernel holds.
        case crash
        /// Kills the postmaster with SIGKILL; it is done when all of the server's processes are gone.
        case kill
        /// Starts it again, with the same data.
        case start
        /// Stops it for good and removes its files.
        case end
    }

    /// Has something done, one order after the other; returns at once: whether it is done shows at the server.
    package func order(_ order: Order) {
        let line = Array("\(order.rawValue)\n".utf8)
        _ = write(self.lifeline, line, line.count)
    }

    private static let started = Result { try ThrowawayPostgres() }

    private init(_ settings: [String: String] = [:]) throws {
        let (input, lifeline) = try Self.pipe()
        let (answer, output) = try Self.pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        process.arguments = ["sh", "-c", Self.script, "sh"] + settings.map { "-c \($0)=\($1)" }
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = FileHandle(fileDescriptor: input, closeOnDealloc: true)
        process.standardOutput = FileHandle(fileDescriptor: output, closeOnDealloc: true)
        try process.run()
        close(input)
        close(output)
        guard let directory = Self.firstLine(from: answer) else {
            throw ThrowawayPostgresError.notStarted
        }
        self.directory = directory
        self.lifeline = lifeline
        self.thread = try PollThread(name: "test-postgres")
    }

    /// Makes a database that nothing else uses.
    ///
    /// - Returns: the database, empty.
    /// - Throws: what the server says.
    package func makeDatabase() async throws -> TestDatabase {
        let name = "test_\(self.databases.add(1, ordering: .relaxed).newValue)"
        let administration = TestDatabase(directory: self.directory, name: "postgres", thread: self.thread)
        let connection = try await administration.connect()
        try await connection.execute(
            "CREATE DATABASE \(name) TEMPLATE template0 STRATEGY file_copy",
            timeout: .seconds(60)
        )
        await connection.close()
        return TestDatabase(directory: self.directory, name: name, thread: self.thread)
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else {
            throw ThrowawayPostgresError.noPipe(errno: errno)
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        return (ends[0], ends[1])
    }

    /// Reads to the end of a line, or of the pipe where the shell failed.
    private static func firstLine(from descriptor: Int32) -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    /// Its arguments are further options of the server, which win.
    ///
    /// Without fsync, since nothing outlives the process; root gives the server to another user, which it insists on.
    private static let script = """
        set -eu
        settings="$*"
        bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
        [ -n "$bin" ] || bin=$(dirname "$(command -v pg_ctl)")
        dir=$(mktemp -d /tmp/brain-test.XXXXXX)
        if [ "$(id -u)" = 0 ]; then
            user=$(id -un postgres 2>/dev/null || echo nobody)
            chown "$user" "$dir"
            as() { setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"; }
        else
            as() { "$@"; }
        fi
        trap '' INT TERM HUP
        trap 'as "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || :; rm -rf "$dir"' EXIT
        as "$bin/initdb" -D "$dir/data" -A trust -U postgres -E UTF8 --locale=C --no-sync >/dev/null
        start() {
            as "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -o "-k $dir -c listen_addresses='' -c fsync=off \\
                -c max_connections=300 -c wal_level=logical -c max_prepared_transactions=10 \\
                -c max_wal_senders=100 -c max_replication_slots=100 $settings" start </dev/null >/dev/null
        }
        # A zombie is gone, too: whoever should reap it may never.
        gone() {
            for process in "$@"; do
                case "$(sed -n 's/^State:[[:space:]]*//p' "/proc/$process/status" 2>/dev/null)" in
                '' | Z*) ;;
                *) return 1 ;;
                esac
            done
        }
        murder() {
            postmaster=$(head -n 1 "$dir/data/postmaster.pid")
            # Stopped first: no child comes that the list doesn't have.
            kill -STOP "$postmaster"
            family="$postmaster $(cat "/proc/$postmaster/task/$postmaster/children")"
            kill -KILL "$postmaster"
            until gone $family; do sleep 0.05; done
            # To the next postmaster's check of them, a zombie is alive.
            rm -f "$dir/data/postmaster.pid" "$dir"/.s.PGSQL.*.lock
        }
        start
        echo "$dir"
        exec >/dev/null
        while read -r order; do
            case "$order" in
            stop) as "$bin/pg_ctl" -D "$dir/data" -m fast -w stop </dev/null || : ;;
            crash) as "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop </dev/null || : ;;
            kill) murder ;;
            start) start ;;
            end) exit 0 ;;
            esac
        done
        """
}

/// Why there is no throw-away server.
package enum ThrowawayPostgresError: Error {
    /// The system gave no pipe.
    case noPipe(errno: Int32)
    /// The shell's own words are on the standard error.
    case notStarted
}

/// A database of its own for one test.
package struct TestDatabase: Sendable {
    /// How to reach it, as a superuser.
    package let target: ConnectionTarget
    /// Where its connections may live.
    package let thread: PollThread
    let name: String
    private let directory: String

    init(directory: String, name: String, user: String = "postgres", thread: PollThread) {
        self.target = ConnectionTarget(conninfo: "host=\(directory) user=\(user) dbname=\(name)")
        self.thread = thread
        self.name = name
        self.directory = directory
    }

    /// The same database as another role sees it.
    package func seen(by user: String) -> TestDatabase {
        TestDatabase(directory: self.directory, name: self.name, user: user, thread: self.thread)
    }

    /// Opens a connection with libpq's own settings.
    ///
    /// - Returns: a connection of the test's own.
    /// - Throws: what hindered it.
    package func connect() async throws(PostgresError) -> Connection {
        try await Connection.open(self.target, on: self.thread, timeout: .seconds(20))
    }
}
