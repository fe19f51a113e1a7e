import NIOCore

// MARK: Faults that are planted
extension SessionShard {
    /// Makes a session's next entry point throw; false where there is no such session.
    package func plant(_ fault: SessionFault, in id: SessionID) -> Bool {
        self.afflict(id, with: SessionAilment.Course(.failing(fault)))
    }

    /// Lets a session's actor fall ill; false where there is no such session.
    ///
    /// What was ordered before and hasn't begun is forgotten.
    package func afflict(_ id: SessionID, with course: SessionAilment.Course) -> Bool {
        guard self.records[id] != nil else { return false }
        self.courses[id]?.beginning?.cancel()
        guard course.delay > .zero else {
            self.begin(course, in: id)
            return true
        }
        self.courses[id, default: SessionCourse()].beginning = self.after(course.delay) { $0.begin(course, in: id) }
        return true
    }

    private func begin(_ course: SessionAilment.Course, in id: SessionID) {
        guard let record = self.records[id] else { return }
        self.courses.removeValue(forKey: id)?.cancel()
        self.tell(record) { $0.fallIll(course.ailment) }
        if course.ailment == .slow {
            let cure = self.after(SessionAilment.slowFor * course.times) { $0.cure(id) }
            self.courses[id] = SessionCourse(cure: cure)
        } else if let relapse = course.relapse {
            self.courses[id] = SessionCourse(relapse: relapse)
        }
    }

    private func cure(_ id: SessionID) {
        guard let record = self.records[id] else { return }
        self.changeCourse(of: id) { $0.cure = nil }
        self.tell(record) { $0.recover(from: .slow) }
    }

    /// Lets a session's new instance have what the one before had, if it is to.
    func relapse(of id: SessionID, in session: ClientSession) {
        guard let course = self.courses[id]?.relapse else { return }
        self.changeCourse(of: id) { $0.relapse = course.relapse }
        session.assumeIsolated { $0.fallIll(course.ailment) }
    }

    private func changeCourse(of id: SessionID, _ change: (inout SessionCourse) -> Void) {
        guard var course = self.courses[id] else { return }
        change(&course)
        self.courses[id] = course.isOver ? nil : course
    }

    private func after(
        _ delay: Duration,
        _ act: @escaping @Sendable (isolated SessionShard) -> Void
    ) -> Scheduled<Void> {
        self.eventLoop.scheduleTask(in: TimeAmount(delay)) { self.assumeIsolated(act) }
    }
}

/// What is still to come of the faults that were planted in one session.
struct SessionCourse {
    /// What the next instance is to have.
    var relapse: SessionAilment.Course?
    /// An order that waits for its time.
    var beginning: Scheduled<Void>?
    /// The end of being slow.
    var cure: Scheduled<Void>?

    fileprivate var isOver: Bool { self.relapse == nil && self.beginning == nil && self.cure == nil }

    /// Lets nothing more come of it.
    func cancel() {
        self.beginning?.cancel()
        self.cure?.cancel()
    }
}
