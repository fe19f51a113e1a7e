/// What the children of a ``DynamicSupervisor`` have in common: what happens when one of them ends.
package struct ChildTemplate: Sendable {
    /// Which ends are followed by a restart; the default is ``RestartPolicy/temporary``.
    package let restart: RestartPolicy

    /// The restarts granted to each child on its own account; one that spent them is given up and gone.
    package let intensity: RestartIntensity

    /// The failures of all children together that are borne, of those that aren't temporary.
    ///
    /// At one more the dynamic supervisor gives up, and is a failed child of its parent. The default is nil:
    /// any number.
    package let storm: RestartIntensity?

    /// The pause before a restart.
    package let backoff: Backoff

    /// How a child is asked for signs of life; the default is nil: it isn't, and one that hangs stays.
    ///
    /// Each question is a task: ten thousand children are five thousand of them a second by ``Liveness``'s defaults.
    package let liveness: Liveness?

    /// From the start of an instance to its `started()`; the default is 30 s.
    package let startDeadline: Duration

    /// For `stop()` and the end of `run` together; the default is 5 s.
    package let stopDeadline: Duration

    /// A template; each default is told at its property.
    package init(
        restart: RestartPolicy = .temporary,
        intensity: RestartIntensity = RestartIntensity(),
        storm: RestartIntensity? = nil,
        backoff: Backoff = Backoff(),
        liveness: Liveness? = nil,
        startDeadline: Duration = .seconds(30),
        stopDeadline: Duration = .seconds(5)
    ) {
        self.restart = restart
        self.intensity = intensity
        self.storm = storm
        self.backoff = backoff
        self.liveness = liveness
        self.startDeadline = startDeadline
        self.stopDeadline = stopDeadline
    }

    /// The machine of one child; what makes its instances is the business of whoever holds it.
    func machine(_ id: String, below path: String) -> ChildMachine {
        let spec = ChildSpec(
            id: id,
            purpose: "",
            restart: self.restart,
            startDeadline: self.startDeadline,
            stopDeadline: self.stopDeadline
        ) { NoChild() }
        return ChildMachine(
            spec,
            below: path,
            intensity: self.intensity,
            backoff: self.backoff,
            liveness: self.liveness
        )
    }
}

/// Stands where no instance is made by the spec.
private struct NoChild: Child {
    func run(started: @escaping @Sendable () -> Void) async throws {}
}
