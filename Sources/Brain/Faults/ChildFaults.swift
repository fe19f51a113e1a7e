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
        let strike: Strike
        var times: Int
    }

    private let order = Mutex<Order?>(nil)
    private let bell = Doorbell()

    /// Lets the next instances have a fault; what was ordered before and has struck nobody yet is forgotten.
    ///
    /// - Parameters:
    ///   - strike: what each of them has.
    ///   - times: how many of them, the present one among them, at least 1.
    func plant(_ strike: Strike, times: Int) {
        self.order.withLock { $0 = Order(strike: strike, times: times) }
        self.bell.ring()
    }

    /// The next fault, once one is ordered; nobody else gets it.
    ///
    /// - Throws: `CancellationError` where the task was cancelled.
    func next() async throws(CancellationError) -> Strike {
        while true {
            if let strike = self.order.withLock({ Self.take(from: &$0) }) { return strike }
            try await self.bell.wait()
        }
    }

    private static func take(from order: inout Order?) -> Strike? {
        guard var taken = order else { return nil }
        taken.times -= 1
        order = taken.times > 0 ? taken : nil
        return taken.strike
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
