import ArgumentParser

/// A server that fans out: what a publisher sends on `/pub` goes to every client on `/ws`.
enum Contestant: String, CaseIterable, Encodable, Sendable {
    /// The daemon's own Acceptor, sessions and Broadcaster: `brain-bench fanout`.
    case brain
    /// The least in C: one send for each client and message.
    case each
    /// The same, with the messages that wait together in one send.
    case batch
    /// Node with the package `ws`: a loop over all clients.
    case ws
}

/// A load on one contestant; repeated in each round.
struct Trial: Hashable, Encodable, Sendable {
    let load: FanLoad
    let contestant: Contestant

    /// `paced-1000, brain`.
    var title: String { "\(self.load.rawValue), \(self.contestant.rawValue)" }
}

/// Trials that are compared with one another, and so follow one another.
enum Heat: CaseIterable, Sendable {
    case idle
    case paced1000
    case paced5000
    case flood1000
    case flood10000
    case stalled
    case failing
    case growth

    /// What is compared, of the contestants that are there.
    func trials(_ contestants: [Contestant]) -> [Trial] {
        switch self {
        case .idle: Self.all(contestants, under: .idle)
        case .paced1000: Self.all(contestants, under: .paced1000)
        case .paced5000: Self.all(contestants, under: .paced5000)
        case .flood1000: Self.all(contestants, under: .flood1000)
        case .flood10000: Self.all(contestants, under: .flood10000)
        case .stalled: [Trial(load: .calm, contestant: .brain), Trial(load: .stalled, contestant: .brain)]
        case .failing: [Trial(load: .sound, contestant: .brain), Trial(load: .failing, contestant: .brain)]
        case .growth: [Trial(load: .few, contestant: .brain), Trial(load: .many, contestant: .brain)]
        }
    }

    /// The same trials with another one first in each round, so that none always comes after the same.
    static func rotated(_ trials: [Trial], round: Int) -> [Trial] {
        guard !trials.isEmpty else { return [] }
        let shift = round % trials.count
        return Array(trials[shift...] + trials[..<shift])
    }

    private static func all(_ contestants: [Contestant], under load: FanLoad) -> [Trial] {
        contestants.map { Trial(load: load, contestant: $0) }
    }
}

/// A question about fan-out, as it is chosen on the command line.
enum CompareCell: String, CaseIterable, Encodable, Sendable, ExpressibleByArgument {
    case cpu
    case throughput
    case memory
    case connects
    case latency
    case stalled
    case failing
    case growth

    /// What is to be run to answer it.
    var heats: [Heat] {
        switch self {
        case .cpu: [.paced1000, .paced5000]
        case .throughput: [.flood1000, .flood10000]
        case .memory, .connects: [.idle]
        case .latency: [.paced1000]
        case .stalled: [.stalled]
        case .failing: [.failing]
        case .growth: [.growth]
        }
    }

    /// Each heat that any of the cells needs, once.
    static func heats(of cells: [CompareCell]) -> [Heat] {
        let needed = Set(cells.flatMap(\.heats))
        return Heat.allCases.filter(needed.contains)
    }
}
