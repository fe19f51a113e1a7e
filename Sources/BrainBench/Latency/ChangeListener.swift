import Brain
import Foundation

/// One that hears of changes, and notes when; one change is under way at a time.
///
/// How it hears is its own affair: what it is measured by is the moment at which the bytes were in this process.
protocol ChangeListener: Sendable {
    /// Says which progress the next change will have; before it is made.
    func expect(_ progress: Int)
    /// When the change was heard of, waiting until it is.
    func receipt() async throws -> ContinuousClock.Instant
    /// Ends it; the database has nothing of it left.
    func end() async throws
}

/// Makes a listener, ready to hear.
typealias ListenerMaker = @Sendable (BenchSite) async throws -> any ChangeListener

/// Brain, and the socket of one client.
struct BrainListener: ChangeListener {
    private let brain: BrainProcess
    private let watcher: ByteWatcher

    /// Starts a Brain that holds nothing back and sends no pings, which nobody would answer.
    static func maker(_ capture: CaptureName) -> ListenerMaker {
        { site in
            let brain = try await BrainProcess.start(
                capture,
                on: site,
                ["--update-interval", "0", "--ping-interval", "3600000"]
            )
            do {
                let socket = try RawClient.session(port: brain.port)
                return BrainListener(brain: brain, watcher: ByteWatcher(owning: socket))
            } catch {
                await brain.stop()
                throw error
            }
        }
    }

    func expect(_ progress: Int) {
        self.watcher.expect("\"progress\":\(progress)")
    }

    func receipt() async throws -> ContinuousClock.Instant {
        try await self.watcher.receipt()
    }

    func end() async {
        self.watcher.stop()
        await self.brain.stop()
    }
}
