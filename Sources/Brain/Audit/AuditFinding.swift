/// Something that should not be: what kind of thing, with whom, and in words.
package struct AuditFinding: Sendable, Equatable {
    /// What is wrong.
    package enum Kind: String, Sendable, CaseIterable {
        /// The directory's count of sessions is another than the shards'.
        case directory
        /// The governor counts other leases than sessions hold.
        case leases
        /// There are fewer sockets than sessions.
        case sockets
        /// There are more descriptors than sessions, connections and the house account for.
        case descriptors
        /// There are frames, and they wait for nobody.
        case keptFrames
        /// A session is on record, and its socket is gone.
        case deadSession
        /// A socket has a session's handler, and no session is on record.
        case strayChannel
        /// A session has a socket, and its handler isn't there.
        case handlerless
        /// A session is given no messages, or messages are given to one that isn't on record.
        case misplaced
        /// What waits for a session doesn't add up.
        case miscounted
        /// A session has ended, and its actor is still alive.
        case lingering
        /// The process takes more and more memory.
        case memory
        /// A child of the tree isn't running.
        case child
    }

    /// What a finding keeps from round to round, while a number in its words may change.
    package struct Identity: Sendable, Hashable {
        /// What is wrong.
        package let kind: Kind
        /// With whom: a session, a child, or empty for the whole process.
        package let subject: String
    }

    /// What is wrong, and with whom.
    package let identity: Identity
    /// The same in words, with numbers.
    package let text: String

    init(_ kind: Kind, of subject: String = "", _ text: String) {
        self.identity = Identity(kind: kind, subject: subject)
        self.text = text
    }
}

extension AuditFinding.Kind {
    /// What somebody should look at who reads of it in the log, and what the Auditor does about it.
    var advice: String {
        switch self {
        case .directory: "who registers and ends sessions; the directory's count is put right"
        case .leases: "who keeps an AdmissionLease; those that no session holds are written off"
        case .sockets: "who closes descriptors that aren't its own"
        case .descriptors: "what is open: /proc/<pid>/fd"
        case .keptFrames: "who keeps a BroadcastFrame: they count for --queue-total for as long as they are held"
        case .deadSession: "why the end of its socket wasn't noticed; the session is ended"
        case .strayChannel: "why its record went without its socket; the socket is closed"
        case .handlerless: "what became of its upgrade; the connection is ended"
        case .misplaced: "SessionShard.sort; the session is closed with 1012"
        case .miscounted: "Mailbox and Backlog; it is counted anew, and the session restarted"
        case .lingering: "who keeps a ClientSession"
        case .memory: "what grows: queued_bytes of the sessions, or what no count shows"
        case .child: "last_failure in /api/debug/tree"
        }
    }
}
