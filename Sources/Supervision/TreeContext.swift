import Synchronization

/// What a supervisor has from the root of its tree, whichever place it has in it.
struct TreeContext: Sendable {
    /// What the ids of its children follow in events: its own path and a slash, nothing for the root's.
    let path: String
    let timeline: Timeline
    private let onEvent: @Sendable (SupervisionEvent) -> Void
    private let fence: Fence

    /// The context of a root.
    init(timeline: Timeline, onEvent: @escaping @Sendable (SupervisionEvent) -> Void) {
        self.init(path: "", timeline: timeline, onEvent: onEvent, fence: Fence(within: nil))
    }

    private init(
        path: String,
        timeline: Timeline,
        onEvent: @escaping @Sendable (SupervisionEvent) -> Void,
        fence: Fence
    ) {
        self.path = path
        self.timeline = timeline
        self.onEvent = onEvent
        self.fence = fence
    }

    /// The context of one instance of the supervisor that is the child of this one with the id.
    func below(_ id: String) -> Self {
        Self(
            path: self.path + id + "/",
            timeline: self.timeline,
            onEvent: self.onEvent,
            fence: Fence(within: self.fence)
        )
    }

    /// Whether the supervisor, or one above it, was left behind: another may stand in its place.
    var isLeftBehind: Bool { self.fence.isClosed }

    /// Leaves behind whoever has this context, and all below it.
    func leaveBehind() { self.fence.close() }

    /// Tells the observer; of one that was left behind no more than what it leaves behind itself, so that what it
    /// does isn't taken for the doing of the one in its place.
    func report(_ event: SupervisionEvent) {
        if self.isLeftBehind, !event.isAbandonment { return }
        self.onEvent(event)
    }
}

/// Stands between a supervisor and the tree, at once and for ever, from when its parent lets go of it.
private final class Fence: Sendable {
    private let outer: Fence?
    private let flag = Atomic(false)

    init(within outer: Fence?) {
        self.outer = outer
    }

    var isClosed: Bool { self.flag.load(ordering: .acquiring) || self.outer?.isClosed ?? false }

    func close() { self.flag.store(true, ordering: .releasing) }
}

extension SupervisionEvent {
    fileprivate var isAbandonment: Bool {
        if case .abandoned = self { true } else { false }
    }
}
