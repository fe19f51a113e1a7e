import Logging
import NIOCore
import Synchronization

/// A part of the process that can be asked for a sign of life.
struct WatchedPart: Sendable {
    /// What logs call it.
    let name: String
    /// Has the answer called once the part gets to it; may wait for that.
    let ask: @Sendable (_ answer: @escaping @Sendable () -> Void) async -> Void
}

extension WatchedPart {
    /// The event loops of a group, by their number, which is that of their shard.
    static func eventLoops(of group: any EventLoopGroup) -> [WatchedPart] {
        group.makeIterator().enumerated().map { index, loop in
            WatchedPart(name: "event-loop-\(index)") { loop.execute($0) }
        }
    }
}

/// Asks event loops and supervisor for signs of life, says who is silent, and feeds the service manager's watchdog
/// while nobody is.
///
/// It is no child of the tree, because it watches the one who watches the children, and outlives every restart. A child
/// that is silent is the supervisor's to restart; the process ends where that doesn't help. What the Auditor finds
/// doesn't count here: a leak is no reason to end every session.
final class LoopSentry: Sendable {
    private let parts: [WatchedPart]
    private let watch: Mutex<LoopWatch>
    private let feed: @Sendable () -> Void
    private let logger: Logger

    /// A sentry that looks once it runs.
    ///
    /// - Parameters:
    ///   - parts: who is asked.
    ///   - feedInterval: between two signs of life to the watchdog; nil: there is none.
    ///   - now: the first look.
    ///   - logger: for what it has to say.
    ///   - feed: gives the watchdog a sign of life.
    init(
        parts: [WatchedPart],
        feedInterval: Duration? = nil,
        now: ContinuousClock.Instant = .now,
        logger: Logger,
        feed: @escaping @Sendable () -> Void = {}
    ) {
        self.parts = parts
        self.watch = Mutex(LoopWatch(count: parts.count, feedInterval: feedInterval, now: now))
        self.feed = feed
        self.logger = logger
    }

    /// Looks again and again until it is cancelled.
    ///
    /// A part that is asked and waits for its answer is waited for: the supervisor answers in every phase.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                for part in self.look(now: .now) { group.addTask { await self.ask(part) } }
                try? await Task.sleep(until: self.watch.withLock { $0.nextLook }, clock: .continuous)
            }
        }
    }

    /// Looks once.
    ///
    /// - Returns: who is to be asked.
    func look(now: ContinuousClock.Instant) -> [Int] {
        self.watch.withLock { $0.look(now: now) }.compactMap { self.perform($0) }
    }

    /// Asks a part; an event loop isn't waited for.
    func ask(_ index: Int) async {
        await self.parts[index].ask { self.answered(index) }
    }

    private func perform(_ action: LoopWatch.Action) -> Int? {
        switch action {
        case .ask(let index): return index
        case .silent(let index): self.logger.report(.silent(part: self.parts[index].name))
        case .feed: self.feed()
        }
        return nil
    }

    private func answered(_ index: Int) {
        guard let silence = self.watch.withLock({ $0.answered(index) }) else { return }
        self.logger.report(.answers(part: self.parts[index].name, after: silence))
    }
}

/// What the sentry tells.
enum SentryNews: Sendable {
    /// A part gives no answer: it stands still, or is kept from its turn.
    case silent(part: String)
    /// It answers again, after about so long.
    case answers(part: String, after: Duration)
}
