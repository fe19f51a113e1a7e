import Glibc

/// The rounds of a ``ClientCrowd``; of its thread alone.
struct CrowdLoop {
    private typealias Instant = ContinuousClock.Instant

    /// poll.h; the Glibc module doesn't have it.
    private static let peerIsDone: Int16 = 0x2000
    /// The longest sleep, for the case that nobody can wake the thread.
    private static let longestSleep = Duration.milliseconds(200)
    /// The most that is read of one client in a round.
    private static let mouthful = 64 << 10

    private let plan: CrowdPlan
    private let mailbox: CrowdMailbox
    private let sink: ClientCrowd.Sink
    private var machines: [ClientMachine]
    /// Of each client; -1 where it has none.
    private var sockets: [Int32]
    /// The eventfd, then what each client waits for.
    private var polls: [pollfd]
    private var output = ClientOutput()
    private var census: CrowdCensus
    private var random: ClientRandom
    /// Who is asked first whether it wants to connect: the one behind the last that could.
    private var turn = 0
    private var isStopped = false

    init(_ plan: CrowdPlan, _ mailbox: CrowdMailbox, _ sink: @escaping ClientCrowd.Sink) {
        (self.plan, self.mailbox, self.sink) = (plan, mailbox, sink)
        self.census = CrowdCensus(plan.kinds)
        let now = Instant.now
        self.machines = plan.kinds.enumerated().map { ClientMachine($0.offset, $0.element, plan, start: now) }
        self.sockets = Array(repeating: -1, count: plan.kinds.count)
        self.polls = Array(repeating: pollfd(fd: -1, events: 0, revents: 0), count: plan.kinds.count + 1)
        self.polls[0] = pollfd(fd: mailbox.wakeup, events: Int16(POLLIN), revents: 0)
        self.random = ClientRandom(seed: plan.seed, client: plan.kinds.count)
    }

    /// Returns when it is told to stop; no connection is left then.
    mutating func run() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.mouthful, alignment: 16)
        defer { buffer.deallocate() }
        var before = Instant.now
        while !self.isStopped {
            let start = Instant.now
            self.census.longestRound = max(self.census.longestRound, start - before)
            before = start
            self.serve(into: buffer, start)
            self.obey(self.mailbox.take(), start)
            self.pass(start)
            self.tell()
            self.sleep(since: start)
        }
        for socket in self.sockets where socket >= 0 { ClientSocket.close(socket) }
    }

    /// Clients whose sockets have something.
    private mutating func serve(into buffer: UnsafeMutableRawBufferPointer, _ now: Instant) {
        for client in self.machines.indices where self.polls[client + 1].revents != 0 {
            switch self.machines[client].interest {
            case .nothing: continue
            case .bytes: self.read(client, into: buffer, now)
            case .hangUp: self.machines[client].ended(now, &self.output)
            case .connection where ClientSocket.isConnected(self.sockets[client]):
                self.machines[client].connected(now, &self.output)
            case .connection: self.machines[client].ended(now, &self.output)
            }
            self.act(client, now)
        }
    }

    private mutating func read(_ client: Int, into buffer: UnsafeMutableRawBufferPointer, _ now: Instant) {
        let appetite = min(buffer.count, self.machines[client].appetite)
        let count = recv(self.sockets[client], buffer.baseAddress, appetite, 0)
        if count > 0 {
            self.census.bytesRead += count
            self.machines[client].received(UnsafeRawBufferPointer(rebasing: buffer[..<count]), now, &self.output)
        } else if count == 0 || errno != EAGAIN && errno != EINTR {
            self.machines[client].ended(now, &self.output)
        }
    }

    private mutating func obey(_ orders: CrowdMailbox.Orders, _ now: Instant) {
        self.isStopped = orders.stops
        if orders.resets > 0 {
            let open = self.machines.indices.filter { self.machines[$0].isOpen }.shuffled(using: &self.random)
            for client in open.prefix(orders.resets) {
                self.machines[client].reset(now, &self.output)
                self.act(client, now)
            }
        }
        guard orders.departs else { return }
        for client in self.machines.indices {
            self.machines[client].depart(now, &self.output)
            self.act(client, now)
        }
    }

    /// Clients whose deadlines have come; of those that want to connect as many as may at once.
    private mutating func pass(_ now: Instant) {
        var free = self.plan.connectsAtOnce - self.machines.indices.count { self.machines[$0].isUnderWay }
        let (first, count) = (self.turn, self.machines.count)
        for step in 0..<count {
            let client = (first + step) % count
            guard let deadline = self.machines[client].deadline, deadline <= now else { continue }
            if self.machines[client].isResting {
                guard free > 0 else { continue }
                free -= 1
                self.turn = (client + 1) % count
            }
            self.machines[client].elapsed(now, &self.output)
            self.act(client, now)
        }
    }
}

extension CrowdLoop {
    /// Does what a client wants done, and what follows from that.
    private mutating func act(_ client: Int, _ now: Instant) {
        while !self.output.actions.isEmpty {
            var actions: [ClientAction] = []
            swap(&actions, &self.output.actions)
            for action in actions { self.perform(action, client, now) }
        }
        self.listen(client)
    }

    private mutating func perform(_ action: ClientAction, _ client: Int, _ now: Instant) {
        switch action {
        case .connect: self.connect(client, now)
        case .send(let bytes):
            guard !ClientSocket.send(bytes, on: self.sockets[client]) else { return }
            self.machines[client].ended(now, &self.output)
        case .close(let manner):
            if self.sockets[client] >= 0 { ClientSocket.close(self.sockets[client], manner) }
            self.sockets[client] = -1
        }
    }

    private mutating func connect(_ client: Int, _ now: Instant) {
        let buffer = self.machines[client].kind == .slow ? self.plan.habits.slowReceiveBuffer : nil
        let source = self.plan.address(of: client)
        switch ClientSocket.open(port: self.plan.port, source: source, receiveBuffer: buffer) {
        case .underWay(let socket): self.sockets[client] = socket
        case .connected(let socket):
            self.sockets[client] = socket
            self.machines[client].connected(now, &self.output)
        case .failed: self.machines[client].ended(now, &self.output)
        }
    }

    /// Has poll(2) look at what the client waits for.
    private mutating func listen(_ client: Int) {
        let events: Int16? =
            switch self.machines[client].interest {
            case .nothing: nil
            case .connection: Int16(POLLOUT)
            case .bytes: Int16(POLLIN)
            case .hangUp: Self.peerIsDone
            }
        let socket = events == nil ? -1 : self.sockets[client]
        self.polls[client + 1] = pollfd(fd: socket, events: events ?? 0, revents: 0)
    }

    private mutating func tell() {
        if !self.output.events.isEmpty {
            var events: [ClientEvent] = []
            swap(&events, &self.output.events)
            self.sink(events, .now)
        }
        self.census.rounds += 1
        self.census.count(self.machines)
        self.mailbox.publish(self.census)
    }

    /// Until there is something to do, but for as long as the pace has it.
    private mutating func sleep(since start: Instant) {
        let pause = start + self.plan.pace - .now
        if pause > .zero { _ = poll(nil, 0, Self.milliseconds(pause)) }
        let left = max(.zero, self.earliestDeadline(before: .now + Self.longestSleep) - .now)
        // What it had found before is no longer true where it fails.
        if poll(&self.polls, nfds_t(self.polls.count), Self.milliseconds(left)) < 0 {
            for index in self.polls.indices { self.polls[index].revents = 0 }
        }
    }

    private func earliestDeadline(before limit: Instant) -> Instant {
        self.machines.indices.reduce(limit) { min($0, self.machines[$1].deadline ?? limit) }
    }

    /// Rounded up, so that a deadline is over then.
    private static func milliseconds(_ duration: Duration) -> Int32 {
        let (seconds, attoseconds) = duration.components
        return Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
