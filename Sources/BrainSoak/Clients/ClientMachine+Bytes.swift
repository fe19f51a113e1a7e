extension ClientMachine {
    /// Bytes have come; they hold for the call.
    mutating func received(_ bytes: UnsafeRawBufferPointer, _ now: Instant, _ output: inout ClientOutput) {
        switch self.state {
        case .upgrading(let answer, let deadline): self.readAnswer(bytes, answer, deadline, now, &output)
        case .open: self.readFrames(bytes, now, &output)
        case .resting, .connecting, .closing, .gone: break
        }
    }

    private mutating func readAnswer(
        _ bytes: UnsafeRawBufferPointer,
        _ answer: UpgradeAnswer,
        _ deadline: Instant,
        _ now: Instant,
        _ output: inout ClientOutput
    ) {
        var answer = answer
        switch answer.read(bytes) {
        case .incomplete: self.state = .upgrading(answer, deadline: deadline)
        case .complete(status: 101, let used):
            self.join(now, &output)
            self.readFrames(UnsafeRawBufferPointer(rebasing: bytes[used...]), now, &output)
        case .complete(let status, _): self.giveUp(status: status, .plain, now, &output)
        case .malformed:
            output.events.append(.violated(client: self.client, "an answer to the upgrade that is none"))
            self.giveUp(status: 0, .reset, now, &output)
        }
    }

    /// Only a steady client must prove itself before its pauses are short again: the others' don't come of failures.
    private mutating func join(_ now: Instant, _ output: inout ClientOutput) {
        output.events.append(.joined(client: self.client))
        if self.kind != .steady { self.failures = 0 }
        let stay: Duration? =
            switch self.kind {
            case .steady, .slow: nil
            case .halfOpen: self.habits.halfOpenPatience
            case .churning: self.random.duration(in: self.habits.churnStay)
            }
        self.state = .open(since: now, deadline: stay.map { now + $0 })
    }

    private mutating func readFrames(
        _ bytes: UnsafeRawBufferPointer,
        _ now: Instant,
        _ output: inout ClientOutput
    ) {
        guard self.kind != .halfOpen else { return }
        var reader = FrameReader()
        swap(&reader, &self.reader)
        let violation = reader.read(bytes) { self.take($0, now, &output) }
        guard case .open(let since, _) = self.state else { return }
        self.reader = reader
        if let violation { return self.violate(violation, now, &output) }
        if self.kind == .slow { self.state = .open(since: since, deadline: now + self.habits.slowPause) }
    }

    /// Whether it goes on reading.
    private mutating func take(_ frame: ServerFrame, _ now: Instant, _ output: inout ClientOutput) -> Bool {
        switch frame.kind {
        case .text: return self.takeMessage(frame.payload, now, &output)
        case .ping:
            output.actions.append(.send(ClientFrame.pong(frame.payload, key: self.maskKey())))
            return true
        case .close:
            let (code, rest) = (frame.closeCode, self.returnPause(now))
            self.leaveByFrame(code, .closed(code: code), rest: rest, now, &output)
            return false
        }
    }

    private mutating func takeMessage(
        _ message: UnsafeRawBufferPointer,
        _ now: Instant,
        _ output: inout ClientOutput
    ) -> Bool {
        switch self.scanner.scan(message) {
        case .step(let step): output.events.append(.heard(client: self.client, step))
        case .violation(let violation):
            self.violate(violation, now, &output)
            return false
        }
        return true
    }

    /// Leaves, so that what is told of violations is bounded by the pauses.
    private mutating func violate(_ violation: WireViolation, _ now: Instant, _ output: inout ClientOutput) {
        output.events.append(.violated(client: self.client, violation.text))
        self.leave(.ownWill, .reset, now, &output)
    }
}
