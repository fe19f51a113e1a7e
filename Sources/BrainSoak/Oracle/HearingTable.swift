/// What each client has heard of each run since it joined.
struct HearingTable: Sendable {
    /// One client's knowledge of one run.
    struct Hearing: Sendable {
        /// The number it heard last; 0 for none.
        var last: UInt32 = 0
        /// The number that it was last reported not to have heard.
        var reportedLate: UInt32 = 0
    }

    /// By client.
    let kinds: [ClientKind]
    /// By client, the announcements that there were when it joined; `absent` for one that isn't there.
    private var joinedAfter: [Int]
    /// Run by run: a state goes to all clients one after the other, and so along a row.
    private var hearings: [Hearing]

    private static let absent = Int.max

    init(runs: Int, kinds: [ClientKind]) {
        self.kinds = kinds
        self.joinedAfter = Array(repeating: Self.absent, count: kinds.count)
        self.hearings = Array(repeating: Hearing(), count: max(0, runs) * kinds.count)
    }

    subscript(_ run: Int, _ client: Int) -> Hearing {
        get { self.hearings[run * self.kinds.count + client] }
        _modify { yield &self.hearings[run * self.kinds.count + client] }
    }

    func isJoined(_ client: Int) -> Bool {
        self.joinedAfter.indices.contains(client) && self.joinedAfter[client] != Self.absent
    }

    /// Whether a client that is there joined before this announcement, so that the step must reach it.
    func isOwed(_ order: Int, _ client: Int) -> Bool { order > self.joinedAfter[client] }

    /// Whether a client must hear a step of a run, or a later one, and hasn't.
    ///
    /// Also whoever joined after its announcement must, once it has heard of the run: states come in their order.
    func misses(_ number: Int, announcedAs order: Int, of run: Int, _ client: Int) -> Bool {
        let last = Int(self[run, client].last)
        guard last < number, self.isJoined(client) else { return false }
        return last > 0 || self.isOwed(order, client)
    }

    /// Whether a client must hear a run's latest committed step and hasn't.
    func misses(_ latest: LatestStep, of run: Int, _ client: Int) -> Bool {
        self.misses(latest.committed, announcedAs: latest.order, of: run, client)
    }

    mutating func join(_ client: Int, after announcements: Int) {
        self.joinedAfter[client] = announcements
        for index in stride(from: client, to: self.hearings.count, by: self.kinds.count) {
            self.hearings[index] = Hearing()
        }
    }

    mutating func leave(_ client: Int) {
        self.joinedAfter[client] = Self.absent
    }
}

extension ClientKind {
    /// Whether it hears all that comes, sooner or later.
    var isReading: Bool { self != .halfOpen }

    /// How many times the patience it is given; nil for one that is never waited for.
    var patienceFactor: Int? {
        switch self {
        case .steady, .churning: 1
        case .slow: 4
        case .halfOpen: nil
        }
    }
}
