/// What a supervisor has from the root of its tree, whichever place it has in it.
struct TreeContext: Sendable {
    /// What the ids of its children follow in events: its own path and a slash, nothing for the root's.
    let path: String
    let timeline: Timeline
    let onEvent: @Sendable (SupervisionEvent) -> Void

    /// The context of the supervisor that is the child of this one with the id.
    func below(_ id: String) -> Self {
        Self(path: self.path + id + "/", timeline: self.timeline, onEvent: self.onEvent)
    }
}
