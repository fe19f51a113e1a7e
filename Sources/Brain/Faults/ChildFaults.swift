import Synchronization

/// The faults that wait for one child of the tree: the last order, for as many of its instances as it says.
final class ChildFaults: Sendable {
    /// A fault for one instance.
    struct Strike: Sendable, Equatable {
        let fault: PlantedFault
        /// From when the instance is up and the order is there.
        let delay: Duration
    }

    private struct Order {
        /// Tells it from the one that it replaced.
        let number: Int
        let strike: Strike
        var times: Int
    }

    private struct Orders {
        var last: Order?
        var count = 0
    }

    private let orders = Mutex(Orders())
    private let bell = Doorbell()
    private let sleep: @Sendable (Duration) async throws -> Void

    /// Starts without an order.
    ///
    /// - Parameter sleep: waits for as long as it is told.
    init(sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }) {
        self.sleep = sleep
    }

    /// Lets the next instances have a fault; what was ordered before and has struck nobody yet is forgotten.
    ///
    /// - Parameters:
    ///   - strike: what each of them has.
    ///   - times: how many of them, the present one among them, at least 1.
    func plant(_ strike: Strike, times: Int) {
        self.orders.withLock { orders in
            orders.count += 1
            orders.last = Order(number: orders.count, strike: strike, times: times)
        }
        self.bell.ring()
    }

    /// The next fault, once one is ordered and its time has come; nobody else gets it.
    ///
    /// Until then it is nobody's: another order takes its place, and who stops waiting leaves it to the next instance,
    /// for which it waits anew.
    ///
    /// - Throws: `CancellationError` where the task was cancelled.
    func next() async throws -> Strike {
        var due: (order: Int, at: ContinuousClock.Instant)?
        while true {
            guard let order = self.orders.withLock(\.last) else {
                try await self.bell.wait()
                continue
            }
            let at = due?.order == order.number ? due?.at : nil
            let deadline = at ?? .now + order.strike.delay
            due = (order.number, deadline)
            if try await self.isUndisturbed(until: deadline), self.take(order.number) { return order.strike }
        }
    }

    /// False where something may have been ordered meanwhile.
    private func isUndisturbed(until deadline: ContinuousClock.Instant) async throws -> Bool {
        let rest = deadline - .now
        guard rest > .zero else { return true }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await self.sleep(rest)
                return true
            }
            group.addTask {
                try await self.bell.wait()
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    /// False where another order has come, or somebody else was faster.
    private func take(_ number: Int) -> Bool {
        self.orders.withLock { orders in
            guard var order = orders.last, order.number == number else { return false }
            order.times -= 1
            orders.last = order.times > 0 ? order : nil
            return true
        }
    }
}

/// The faults of all children of the tree, in the House: an order outlives the instances that it strikes.
final class PlantedFaults: Sendable {
    private let children = Mutex<[String: ChildFaults]>([:])

    /// The faults of a child, which has some from now on.
    func faults(of child: String) -> ChildFaults {
        self.children.withLock { children in
            let faults = children[child] ?? ChildFaults()
            children[child] = faults
            return faults
        }
    }

    /// Whether faults can be planted in a child of this name.
    func knows(_ child: String) -> Bool {
        self.children.withLock { $0[child] != nil }
    }
}
