/// Something that may not be.
struct SoakLoss: Sendable, Equatable, Encodable {
    enum Kind: String, Sendable, CaseIterable, Encodable {
        /// A client heard a state that was never committed.
        case invented
        /// A client heard a run's states out of their order, or one twice.
        case disorder
        /// A client went past a terminal state that another heard (contract §4.2).
        case lostTerminal = "lost-terminal"
        /// A client has heard neither a state of a run nor a later one in all the time it was given (contract §4.3).
        case late
        /// A client was sent what no client may be sent.
        case forbidden
        /// At the end, the table isn't what the writers were told.
        case table
        /// At the end, a client doesn't know the table.
        case unknown
        /// The soak itself told the oracle what can't be: its own defect, not Brain's.
        case misuse
    }

    let kind: Kind
    let client: Int?
    let run: Int?
    /// The state in short: `12 completed`.
    let what: String
    /// All of it, for a reader.
    let sentence: String

    init(_ kind: Kind, client: Int? = nil, run: Int? = nil, what: String = "", _ sentence: String) {
        (self.kind, self.client, self.run) = (kind, client, run)
        (self.what, self.sentence) = (what, sentence)
    }

    /// A loss that is about a state.
    ///
    /// - Parameters:
    ///   - kind: what is wrong.
    ///   - step: the state.
    ///   - client: who heard it or didn't; nil where it is nobody's.
    ///   - predicate: what follows the names of the client and the state.
    init(_ kind: Kind, _ step: RunStep, by client: Int? = nil, _ predicate: String) {
        let subject = client.map { "client \($0): " } ?? ""
        let what = "\(step.number) \(step.status.rawValue)"
        self.init(kind, client: client, run: step.run, what: what, "\(subject)\(step.id) \(what): \(predicate)")
    }
}

/// The losses: the first ones whole, the rest counted.
struct SoakLosses: Sendable, Equatable {
    /// How many are kept.
    static let kept = 200

    private(set) var first: [SoakLoss] = []
    private(set) var counts: [SoakLoss.Kind: Int] = [:]

    /// All of them.
    var count: Int { self.counts.values.reduce(0, +) }

    var isEmpty: Bool { self.counts.isEmpty }

    /// - Parameters:
    ///   - kind: what is wrong.
    ///   - loss: not asked for where it wouldn't be kept.
    mutating func add(_ kind: SoakLoss.Kind, _ loss: @autoclosure () -> SoakLoss) {
        self.counts[kind, default: 0] += 1
        if self.first.count < Self.kept { self.first.append(loss()) }
    }
}
