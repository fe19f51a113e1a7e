/// What goes wrong with a part of Brain on purpose, by its word in an order (contract §2).
package enum PlantedFault: String, Sendable, CaseIterable {
    /// It fails.
    case failure = "throw"
    /// It does nothing more, until somebody takes it for failed.
    case silence = "hang"
    /// Whatever it is asked for takes longer, for a while.
    case slowness = "slow"
}

/// What a child fails with, of itself or not, where a fault was planted in it.
enum FaultyChildError: Error, Equatable, CustomStringConvertible {
    /// It was to fail.
    case planted
    /// It was to hang, and does so once its work has come to an end.
    case hung

    /// The words that the tree shows.
    var description: String {
        switch self {
        case .planted: "a planted fault"
        case .hung: "a planted hang"
        }
    }
}
