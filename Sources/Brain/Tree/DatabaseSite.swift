package import Postgres
import Synchronization

/// Where the database is, and the threads on which libpq works: one for the capture, one for the API's queries.
package final class DatabaseSite: Sendable {
    /// The thread of the capture's connections.
    package let feedThread: PollThread
    /// The thread of the API's connections.
    package let queryThread: PollThread
    /// The data directory of the embedded database; nil where a database was named.
    package let dataDirectory: String?
    private let place: Mutex<ConnectionTarget>

    /// Starts the threads.
    ///
    /// - Parameter choice: the database that was chosen.
    /// - Throws: `PostgresError.resources` where the system gives no thread.
    package init(_ choice: DatabaseChoice) throws {
        self.feedThread = try PollThread(name: "brain-feed")
        self.queryThread = try PollThread(name: "brain-query")
        switch choice {
        case .embedded(let directory):
            self.dataDirectory = directory
            self.place = Mutex(ConnectionTarget())
        case .external(let conninfo):
            self.dataDirectory = nil
            self.place = Mutex(ConnectionTarget(conninfo: conninfo))
        }
    }

    /// Where the database is now.
    package var target: ConnectionTarget {
        self.place.withLock { $0 }
    }

    /// Says where the embedded database is.
    package func moved(to target: ConnectionTarget) {
        self.place.withLock { $0 = target }
    }

    /// Ends the threads; their connections must be closed.
    package func close() {
        self.feedThread.stop()
        self.queryThread.stop()
    }
}
