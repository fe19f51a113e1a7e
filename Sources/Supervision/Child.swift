/// What a supervisor starts, watches and stops: one room of the tree.
///
/// Each start makes a fresh instance (``ChildSpec``), so `run` is called once per instance. A
/// child is never retried in place: whatever it got wrong goes away with it.
package protocol Child: Sendable {
    /// Does the child's work until its task is cancelled.
    ///
    /// Throwing is a crash; once the child is to stop, it is reported, unless it is the `CancellationError`, and
    /// changes nothing. Returning unasked is a crash for a permanent child, and for any that hasn't called
    /// `started` yet.
    ///
    /// - Parameter started: To be called when the child is ready for those that start after it. The
    ///   first call counts; later ones, and those of an instance that was given up, do nothing.
    /// - Throws: What made it fail; its description becomes the reason in events and in the tree, so it
    ///   must hold no secret.
    func run(started: @escaping @Sendable () -> Void) async throws

    /// Ends the work in good order (a drain), before the task is cancelled.
    ///
    /// Called at most once, and only on an instance that called `started`. It shares
    /// ``ChildSpec/stopDeadline`` with what `run` needs after the cancellation; a stop that uses it up
    /// leaves nothing for that. The default does nothing.
    func stop() async

    /// Returns as soon as the child's own executor gets to it.
    ///
    /// An actor implements it as an empty isolated method; it must not wait for work of the child.
    /// The default does nothing, and so says no more than that the thread pool moves.
    func signOfLife() async
}

extension Child {
    /// Does nothing: the child ends by cancellation alone.
    package func stop() async {}

    /// Does nothing: a child without an executor of its own is taken to live.
    package func signOfLife() async {}
}
