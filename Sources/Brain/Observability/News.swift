import Logging
import Supervision

// What the rooms tell, as log lines: each message constant, what varies in its fields.
extension Logger {
    /// What the capture tells.
    func report(_ news: FeedNews) {
        switch news {
        case .connected(let name): self.log(.info, "capture connected", [.capture: "\(name)"])
        case .passedOver(let name, let error):
            self.log(.info, "capture passed over", [.capture: "\(name)", .reason: "\(error)"])
        case .lost(.superseded, _): self.log(.info, "a better capture can be had now")
        case .lost(.resync(let cause), _): self.log(.info, "looking at the whole table", [.reason: "\(cause)"])
        case .lost(let error, let pause):
            let next = "next attempt in \(pause.inMilliseconds)"
            self.log(.warning, "capture lost, trying again", [.error: "\(error)", .reason: "\(next)"])
        }
    }

    /// What the repository tells.
    func report(_ news: RepositoryNews) {
        switch news {
        case .firstLook(let runs): self.log(.info, "runs found", [.count: "\(runs)"])
        case .forgotten(let runs): self.log(.debug, "runs forgotten: their rows are gone", [.count: "\(runs)"])
        case .unknownStatus(let word):
            self.log(.warning, "unknown status word: such rows are not pushed", [.word: "\(word ?? "NULL")"])
        }
    }

    /// What the listening socket tells.
    func report(_ news: ListenerNews) {
        switch news {
        case .paused(let shortage):
            self.log(.warning, "no connection can be accepted for now", [.reason: "\(shortage.remedy)"])
        case .resumed: self.log(.info, "connections are accepted again")
        }
    }

    /// What the sentry tells.
    func report(_ news: SentryNews) {
        switch news {
        case .silent(let part): self.log(.error, "a part of the process gives no answer", [.part: "\(part)"])
        case .answers(let part, let silence):
            let silent = "it was silent for about \(silence.inMilliseconds)"
            self.log(.warning, "a part of the process answers again", [.part: "\(part)", .reason: "\(silent)"])
        }
    }

    /// What the supervisor tells; a start that fails is said once, by the one who ends the process.
    func report(_ event: SupervisionEvent, isStarting: Bool) {
        switch event {
        case .started(let child): self.log(.debug, "child started", [.child: "\(child)"])
        case .failed(let child, let reason):
            self.log(isStarting ? .debug : .error, "child failed", [.child: "\(child)", .error: "\(reason)"])
        case .restarting(let child, let pause):
            self.log(.warning, "child restarts", [.child: "\(child)", .reason: "after \(pause.inMilliseconds)"])
        case .regrouping(let child, let siblings):
            let names = siblings.joined(separator: ", ")
            self.log(.warning, "others restart with the child", [.child: "\(child)", .reason: "\(names)"])
        case .unresponsive(let child): self.log(.error, "child gives no sign of life", [.child: "\(child)"])
        case .gaveUp(let child, let reason):
            self.log(.critical, "child failed too often", [.child: "\(child)", .error: "\(reason)"])
        case .stopping(let child): self.log(.debug, "child stops", [.child: "\(child)"])
        case .stopped(let child): self.log(.debug, "child stopped", [.child: "\(child)"])
        case .refused(let child, let limit):
            self.log(.warning, "child refused", [.child: "\(child)", .reason: "there may be no more than \(limit)"])
        case .leftBehind(let child, let count):
            self.log(
                .error,
                "instances of a child were left behind and still run",
                [.child: "\(child)", .count: "\(count)"]
            )
        case .abandoned(let child): self.log(.error, "child did not stop in time", [.child: "\(child)"])
        }
    }
}

extension Duration {
    /// Whole milliseconds, for people.
    fileprivate var inMilliseconds: String { "\(Int(self / .milliseconds(1))) ms" }
}
