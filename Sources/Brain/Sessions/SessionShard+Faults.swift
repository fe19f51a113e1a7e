import NIOCore

// MARK: Faults that are planted
extension SessionShard {
    /// Makes a session's next entry point throw; false where there is no such session.
    package func plant(_ fault: SessionFault, in id: SessionID) -> Bool {
        self.afflict(id, with: SessionAilment.Course(.failing(fault)))
    }

    /// Lets a session's actor fall ill; false where there is no such session.
    package func afflict(_ id: SessionID, with course: SessionAilment.Course) -> Bool {
        guard self.records[id] != nil else { return false }
        guard course.delay > .zero else {
            self.begin(course, in: id)
            return true
        }
        self.eventLoop.scheduleTask(in: TimeAmount(course.delay)) {
            self.assumeIsolated { $0.begin(course, in: id) }
        }
        return true
    }

    private func begin(_ course: SessionAilment.Course, in id: SessionID) {
        guard let record = self.records[id] else { return }
        self.relapses[id] = course.relapse
        self.tell(record) { $0.fallIll(course.ailment) }
        guard course.ailment == .slow else { return }
        self.eventLoop.scheduleTask(in: TimeAmount(SessionAilment.slowFor * course.times)) {
            self.assumeIsolated { $0.cure(id) }
        }
    }

    private func cure(_ id: SessionID) {
        guard let record = self.records[id] else { return }
        self.tell(record) { $0.recover(from: .slow) }
    }

    /// Lets a session's new instance have what the one before had, if it is to.
    func relapse(of id: SessionID, in session: ClientSession) {
        guard let course = self.relapses.removeValue(forKey: id) else { return }
        self.relapses[id] = course.relapse
        session.assumeIsolated { $0.fallIll(course.ailment) }
    }
}
