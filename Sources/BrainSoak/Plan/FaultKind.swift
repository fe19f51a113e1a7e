/// What faults there are, as a command line names them; a child of the tree by its name there.
enum FaultKind: String, Sendable, CaseIterable, Encodable {
    case terminateBackends = "backends"
    case restartPostgres = "postgres"
    case pauseDaemon = "pause"
    case changeFeed = "change-feed"
    case runsRepository = "runs-repository"
    case rateGovernor = "rate-governor"
    case broadcaster
    /// The child of the tree that all sessions belong to.
    case sessionsRoom = "sessions"
    case auditor
    case acceptor
    /// Some of the sessions themselves.
    case someSessions = "session"
    case exhaustDescriptors = "descriptors"
    case resetClients = "resets"

    /// The child of the tree that it hits; nil for what hits no child.
    var child: String? {
        switch self {
        case .changeFeed, .runsRepository, .rateGovernor, .broadcaster, .sessionsRoom, .auditor, .acceptor:
            self.rawValue
        case .terminateBackends, .restartPostgres, .pauseDaemon, .someSessions, .exhaustDescriptors, .resetClients:
            nil
        }
    }

    /// A fault of this kind, its details drawn by chance.
    func fault(using generator: inout SeededGenerator) -> SoakFault {
        switch self {
        case .terminateBackends: .terminateBackends
        case .restartPostgres: .restartPostgres(Self.one(of: PostgresEnd.allCases, else: .stop, using: &generator))
        case .pauseDaemon: .pauseDaemon(.milliseconds(Int.random(in: 500...3000, using: &generator)))
        case .changeFeed, .runsRepository, .rateGovernor, .broadcaster, .sessionsRoom, .auditor, .acceptor:
            .child(self.rawValue, Self.one(of: FaultWay.allCases, else: .throw, using: &generator))
        case .someSessions:
            .sessions(
                Self.one(of: [.throw, .hang], else: .throw, using: &generator),
                count: Int.random(in: 1...20, using: &generator)
            )
        case .exhaustDescriptors: .exhaustDescriptors(.milliseconds(Int.random(in: 1000...3000, using: &generator)))
        case .resetClients: .resetClients(count: Int.random(in: 1...100, using: &generator))
        }
    }

    private static func one<Choice>(
        of choices: [Choice],
        else first: Choice,
        using generator: inout SeededGenerator
    ) -> Choice {
        choices.randomElement(using: &generator) ?? first
    }
}
