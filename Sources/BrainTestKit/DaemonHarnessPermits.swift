/// How many daemons may run in the process at a time: each has threads, and connections of the one server.
///
/// Tests may still be started all at once; a test's guards begin when it has its permit.
actor DaemonHarnessPermits {
    /// Whether this task has a permit: a daemon beside the test's first one needs none, and waiting would be a deadlock.
    @TaskLocal private static var isHeld = false

    static let shared = DaemonHarnessPermits(count: 5)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) {
        self.free = count
    }

    nonisolated func withPermit(_ body: @Sendable () async throws -> Void) async throws {
        guard !Self.isHeld else { return try await body() }
        await self.take()
        do {
            try await Self.$isHeld.withValue(true) { try await body() }
        } catch {
            await self.giveBack()
            throw error
        }
        await self.giveBack()
    }

    private func take() async {
        guard self.free == 0 else {
            self.free -= 1
            return
        }
        await withCheckedContinuation { self.waiting.append($0) }
    }

    private func giveBack() {
        guard !self.waiting.isEmpty else {
            self.free += 1
            return
        }
        self.waiting.removeFirst().resume()
    }
}
