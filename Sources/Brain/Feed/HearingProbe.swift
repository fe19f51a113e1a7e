import Postgres
import Synchronization

/// Finds out whether the listening connection hears anything: the other one notifies it, and it has to hear that in time.
///
/// Through a pooler that pools by transaction LISTEN succeeds, and nothing ever arrives.
final class HearingProbe: Sendable {
    /// Apart from the trigger's, so that no other Brain takes it for a change.
    static let channel = "brain_probe"
    /// Between two of them.
    static let interval = Duration.seconds(5)
    /// How long a notification may take; a commit with NOTIFY waits for all others of the server.
    private static let patience = Duration.seconds(3)

    private let state = Mutex(State())

    private struct State {
        var last = 0
        /// Since when an answer is awaited; nil where none is.
        var sentAt: ContinuousClock.Instant?
        var payload = ""
    }

    /// Whether the last one that was sent was heard.
    var isAnswered: Bool { self.state.withLock { $0.sentAt == nil } }

    /// Sends the next one, unless one is awaited, or it can't be sent just now: with a queue that is filling up, or while
    /// another commit with NOTIFY holds the server's lock for over 2 s, nothing is known, and nothing is wrong here.
    func send(on connection: Connection) async throws(FeedError) {
        guard let payload = self.begin(connection.backendPID, at: .now) else {
            return
        }
        do {
            let usage = try await connection.query(Self.usage, [], timeout: .seconds(10))
            guard usage[0, 0] == "t" else {
                return self.wasNotSent()
            }
            try await connection.execute(
                """
                BEGIN; SET LOCAL lock_timeout TO '2s'; SELECT pg_catalog.pg_notify('\(Self.channel)', '\(payload)'); COMMIT
                """,
                timeout: .seconds(10)
            )
            self.wasSent(at: .now)
        } catch .server("55P03", _, _), .server("54000", _, _) {
            self.wasNotSent()
        } catch {
            throw FeedError(error)
        }
    }

    private static let usage = "SELECT pg_catalog.pg_notification_queue_usage() < 0.4"

    private func wasNotSent() {
        self.state.withLock { $0.sentAt = nil }
    }

    /// The wait for the answer begins now, unless it is there already.
    private func wasSent(at now: ContinuousClock.Instant) {
        self.state.withLock { state in
            if state.sentAt != nil {
                state.sentAt = now
            }
        }
    }

    /// Takes in what was heard on the channel, of which others have a part.
    func heard(_ payload: String) {
        self.state.withLock { state in
            if payload == state.payload {
                state.sentAt = nil
            }
        }
    }

    /// Throws `deaf` where an answer is overdue.
    func check(at now: ContinuousClock.Instant) throws(FeedError) {
        let sentAt = self.state.withLock { $0.sentAt }
        if let sentAt, sentAt.duration(to: now) > Self.patience {
            throw .deaf
        }
    }

    /// What is to be sent now; nil where an answer is awaited.
    func begin(_ pid: Int32, at now: ContinuousClock.Instant) -> String? {
        self.state.withLock { state in
            guard state.sentAt == nil else {
                return nil
            }
            state.last += 1
            state.sentAt = now
            state.payload = "\(pid)/\(state.last)"
            return state.payload
        }
    }
}
