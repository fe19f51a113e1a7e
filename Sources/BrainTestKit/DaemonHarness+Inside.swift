package import Brain
import Glibc
import Runs
import Supervision

/// Waits for an effect that nothing tells of, by asking every few milliseconds.
///
/// For effects outside the test's reach alone: a status over HTTP, a socket that the kernel still has, a server that
/// starts. How long it takes decides nothing; what can be awaited as an event must be.
///
/// - Parameters:
///   - deadline: a guard against hanging.
///   - what: what is waited for, in words.
///   - condition: whether it is there; may throw, which ends the wait.
/// - Throws: `DaemonHarnessError.never`.
package func eventually(
    within deadline: Duration = .seconds(60),
    _ what: String,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + deadline
    while try await !condition() {
        guard ContinuousClock.now < end else { throw DaemonHarnessError.never(what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// Lets time go by where its length is the fault itself, as an outage's: never to wait for an outcome.
package func lapse(_ duration: Duration) async throws {
    try await Task.sleep(for: duration)
}

// What the daemon keeps to itself: tests plant crashes there, and count what is left.
extension DaemonHarness {
    /// The daemon's sessions.
    package var directory: SessionDirectory { self.daemon.house.directory }

    /// How many runs the daemon knows.
    package var knownRuns: Int { self.daemon.house.ledger.withLedger { $0.counts.runs } }

    /// How often a child of the tree was restarted, where it is in the pause before the next time.
    package func restartsOfPausing(_ child: String) -> Int? {
        guard case .children(let children) = self.daemon.tree?.members else { return nil }
        return children.first { $0.id == child && $0.state == .restarting }?.restarts
    }

    /// Ends the broadcaster's loop: it returns unasked, which is a crash.
    package func crashBroadcaster() throws {
        guard let broadcaster = self.daemon.house.broadcaster.current else {
            throw DaemonHarnessError.missing("broadcaster")
        }
        broadcaster.breakLoop()
    }

    /// Makes a session's next entry point throw.
    package func plantCrash(in session: String) async throws {
        guard let id = SessionID(session) else { throw DaemonHarnessError.missing(session) }
        for shard in self.directory.shards where await shard.plant(.planted, in: id) { return }
        throw DaemonHarnessError.missing(session)
    }
}

// The daemon's descriptors, told from those of the tests beside it by its port.
extension DaemonHarness {
    /// How many connections the daemon holds, sessions or not.
    package var acceptedSockets: Int {
        Self.descriptors().count { Self.localPort(of: $0) == self.port && !Self.isListening($0) }
    }

    /// Shuts the listening socket down behind the daemon's back.
    package func breakListener() throws {
        let listeners = Self.descriptors().filter { Self.localPort(of: $0) == self.port && Self.isListening($0) }
        guard let listener = listeners.first else { throw DaemonHarnessError.missing("the listening socket") }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private static func descriptors() -> [Int32] {
        guard let directory = opendir("/proc/self/fd") else { return [] }
        defer { closedir(directory) }
        var descriptors: [Int32] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let descriptor = Int32(name) { descriptors.append(descriptor) }
        }
        return descriptors
    }

    private static func localPort(of descriptor: Int32) -> Int? {
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = withUnsafeMutableBytes(of: &address) { bytes in
            // Safety: a sockaddr_in6 begins as a sockaddr does, and is the larger of the two families' addresses.
            getsockname(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        // The port stands at the same place in both families.
        let isInternet = [AF_INET, AF_INET6].contains(Int32(address.sin6_family))
        return result == 0 && isInternet ? Int(in_port_t(bigEndian: address.sin6_port)) : nil
    }

    private static func isListening(_ descriptor: Int32) -> Bool {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0 && value != 0
    }
}
