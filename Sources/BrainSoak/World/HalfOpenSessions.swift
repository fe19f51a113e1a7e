import BrainTestKit

/// The sessions of clients that never read and never answer, as the daemon lists them.
enum HalfOpenSessions {
    /// How old one may get, in seconds: a ping after 10 s, 5 s for its pong or for a write, 12 s of a hang meanwhile, and
    /// as much again for a machine that is busy.
    static let oldest = 40.0
    /// What a finding says of one that is older.
    static let finding = "a session whose client never answers is over 40 s old"

    /// How many are older than they may get.
    ///
    /// - Parameter list: as `/api/debug/sessions` has it.
    /// - Returns: of those listed.
    static func overdue(in list: DaemonJSON) -> Int {
        (list["sessions"]?.elements ?? []).count { session in
            session["user_agent"]?.text.flatMap(ClientAgent.init)?.kind == .halfOpen
                && (session["age_seconds"]?.number ?? 0) > self.oldest
        }
    }
}
