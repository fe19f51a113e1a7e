import Glibc

/// What is wrong with a session's actor on purpose: as much as can be wrong with one that has no task.
///
/// Without a task there is nobody who could be waited for: an entry point is over when it returns, on the event loop of
/// its socket. A real hang would hold that loop and all of its sessions.
package enum SessionAilment: Sendable, Equatable {
    /// Its next entry point throws.
    case failing(SessionFault)
    /// No entry point does anything but keep what is delivered; the shard finds it out at its next look at the session.
    case hanging
    /// Each entry point holds the event loop for 20 ms, and so all of its sessions.
    case slow

    /// An ailment with its course of time.
    package struct Course: Sendable, Equatable {
        /// What is wrong.
        let ailment: SessionAilment
        /// How many instances have it one after the other; how many times as long, if it is slow.
        let times: Int
        /// From the order to its beginning.
        let delay: Duration

        /// An ailment of one instance, at once.
        ///
        /// - Parameters:
        ///   - ailment: what is wrong.
        ///   - times: how many instances have it one after the other, at least 1; how many times 5 s, if it is slow.
        ///   - delay: from the order to its beginning.
        package init(_ ailment: SessionAilment, times: Int = 1, after delay: Duration = .zero) {
            self.ailment = ailment
            self.times = times
            self.delay = delay
        }

        /// What the next instance has; nil where it is well.
        var relapse: Self? {
            guard self.times > 1, self.ailment != .slow else { return nil }
            return Self(self.ailment, times: self.times - 1)
        }
    }

    /// How long a slow session stays so, each time.
    static let slowFor = Duration.seconds(5)

    /// Holds the thread for as long as a slow entry point takes.
    static func holdUp() {
        usleep(20_000)
    }
}
