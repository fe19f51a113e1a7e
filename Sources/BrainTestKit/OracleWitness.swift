/// One client of an ``Oracle``: what it was sent, and what it knows by that.
struct OracleWitness: CustomStringConvertible {
    let number: Int
    private let client: WebSocketClient
    /// The data of each run's last message, or what was known of it before.
    private(set) var known: [String: String]
    private(set) var heard: [HeardMessage] = []

    init(number: Int, client: WebSocketClient, known: [String: String]) {
        self.number = number
        self.client = client
        self.known = known
    }

    var description: String { "client \(self.number)" }

    /// The runs of which it knows another state than the table has.
    func unknown(of truth: RunTruth) -> Set<String> {
        Set(truth.data.filter { self.known[$0.key] != $0.value }.keys)
    }

    /// Listens until it knows the table: false where that doesn't come.
    mutating func learn(_ truth: RunTruth, until deadline: ContinuousClock.Instant) async throws -> Bool {
        var unknown = self.unknown(of: truth)
        while !unknown.isEmpty {
            do {
                let id = try await self.hear(within: max(.zero, deadline - .now))
                // What is right now may turn wrong again by an older message that comes too late.
                if truth.data[id] == self.known[id] { unknown.remove(id) } else { unknown.insert(id) }
            } catch WebSocketClientError.deadline {
                return false
            }
        }
        return true
    }

    /// Listens up to a message of a run.
    mutating func hear(until mark: String?) async throws {
        while try await self.hear(within: WebSocketClient.patience) != mark {}
    }

    private mutating func hear(within patience: Duration) async throws -> String {
        let message = try HeardMessage(await self.client.nextMessage(within: patience))
        guard !message.step.id.hasPrefix(RunTruth.markPrefix) else { return message.step.id }
        self.heard.append(message)
        self.known[message.step.id] = message.message.data
        return message.step.id
    }

    /// What it was sent twice, too late, or under a wrong type.
    func disorder(by rule: Oracle.Rule, since baseline: RunTruth) -> [String] {
        var last = baseline.data
        var steps = baseline.steps
        return self.heard.compactMap { heard in
            defer {
                last[heard.step.id] = heard.message.data
                steps[heard.step.id] = heard.step.progress
            }
            guard heard.isTypeRight else { return "\(self): wrong type: \(heard.message)" }
            guard last[heard.step.id] != heard.message.data else { return "\(self): twice: \(heard.message)" }
            guard rule == .steps, let step = steps[heard.step.id], step >= heard.step.progress else { return nil }
            return "\(self): after step \(step): \(heard.message)"
        }
    }

    /// The runs whose ends it wasn't sent each once, in order.
    func missedEnds(of ends: [String: [Int]]) -> [String] {
        let heard = Dictionary(grouping: self.heard.map(\.step).filter(\.isTerminal), by: \.id)
        return Set(ends.keys).union(heard.keys).sorted().compactMap { id in
            let told = heard[id, default: []].map(\.progress)
            let committed = ends[id, default: []]
            return told == committed ? nil : "\(self): \(id) ended at \(committed), told of \(told)"
        }
    }
}
