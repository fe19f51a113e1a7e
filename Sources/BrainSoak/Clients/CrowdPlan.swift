/// Who the clients of a ``ClientCrowd`` are, and how they come.
struct CrowdPlan: Sendable {
    /// The daemon's port on 127.0.0.1.
    let port: Int
    /// A client for each.
    let kinds: [ClientKind]
    /// How many runs the writers have.
    let runs: Int
    /// Of all chance.
    let seed: UInt64
    var habits = ClientHabits()
    /// The clients that share a source address, since the daemon limits them.
    var clientsPerAddress = 400
    /// The connects and upgrades that are under way at once, at most.
    var connectsAtOnce = 50
    /// What lies at least between two rounds: what comes meanwhile is read in one call, and told with one time.
    var pace = Duration.milliseconds(5)

    /// The last byte of the client's source address: clients take 127.0.0.2, 127.0.0.3 … in turn.
    ///
    /// None comes from 127.0.0.1: a socket whose source is what it connects to is connected to itself (simultaneous
    /// open, RFC 9293 §3.5), and would hold the port of a daemon that is about to start again.
    func address(of client: Int) -> UInt8 {
        let share = max(1, self.clientsPerAddress)
        let addresses = min(253, max(1, (self.kinds.count + share - 1) / share))
        return UInt8(2 + client % addresses)
    }

    /// What the process needs for them and for all else.
    var descriptors: Int { self.kinds.count + 200 }
}
