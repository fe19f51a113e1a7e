/// A change of a run on its way to become a frame.
struct PendingMessage: Sendable {
    /// The run's id as it is, unescaped.
    let id: String
    /// What the run has become.
    var state: RunState
    /// What the run's last message before this one said; nil where there was none, or the run was forgotten since.
    var before: RunState?

    var key: RunKey { RunKey(self.state) }
    var isTerminal: Bool { self.state.status.isTerminal }
    /// Whether it says nothing new: the run went back to what its last message said.
    var isVoid: Bool { !self.isTerminal && self.state == self.before }
    /// What it counts against a limit, in bytes.
    var size: Int { self.state.data.utf8.count + RunMessage.envelope }
}
