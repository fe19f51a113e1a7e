import Testing

@testable import BrainSoak

/// What clients do by their kind.
struct ClientKindTests {
    private static let message = Wire.text(Wire.message(RunStep(run: 3, number: 4, status: .running)))

    @Test func `a steady client reads all there is and stays`() {
        let desk = MachineDesk.open(.steady)
        #expect(desk.machine.appetite == .max)
        #expect(desk.machine.interest == .bytes)
        #expect(desk.machine.deadline == nil)
    }

    @Test func `a slow client reads a bite and pauses`() {
        var desk = MachineDesk.open(.slow)
        #expect(desk.machine.appetite == 1024)
        desk.elapse()
        #expect(desk.machine.interest == .bytes)
        desk.receive(Self.message)
        #expect(desk.machine.interest == .nothing)
        #expect(desk.machine.deadline == desk.now + .milliseconds(50))
        desk.elapse()
        #expect(desk.machine.interest == .bytes)
        #expect(desk.output.events.count == 1)
    }

    @Test func `a slow client answers a ping as it comes to it`() {
        var desk = MachineDesk.open(.slow)
        desk.elapse()
        desk.receive(Wire.ping([9]))
        #expect(desk.sent == [[0x8A, 9]])
    }

    @Test func `a slow client that was closed reads on to the end, and stays away for seconds`() {
        var desk = MachineDesk.open(.slow)
        desk.elapse()
        desk.receive(Wire.close(4008))
        #expect(desk.output.events == [.left(client: 5, .closed(code: 4008))])
        #expect(desk.machine.interest == .bytes)
        desk.end()
        #expect((.seconds(1) ... .seconds(5)).contains(desk.pause ?? .zero))
    }

    @Test func `a half-open client takes nothing behind its 101, and sees only the end`() {
        var desk = MachineDesk(.halfOpen)
        desk.elapse()
        desk.connect()
        desk.receive(Wire.accepted + Wire.ping([1]) + Self.message)
        #expect(desk.output.events == [.joined(client: 5)])
        #expect(desk.sent.isEmpty)
        #expect(desk.machine.interest == .hangUp)
    }

    @Test func `a half-open client whose connection is ended was cut, and comes back after seconds`() {
        var desk = MachineDesk.open(.halfOpen)
        desk.end()
        #expect(desk.output.events == [.left(client: 5, .cut)])
        #expect(desk.output.actions == [.close(.reset)])
        #expect((.seconds(1) ... .seconds(5)).contains(desk.pause ?? .zero))
    }

    @Test func `a half-open client that nobody ends resets its connection when its patience is over`() {
        var desk = MachineDesk.open(.halfOpen)
        #expect(desk.machine.deadline == desk.now + .seconds(60))
        desk.elapse()
        #expect(desk.output.events == [.left(client: 5, .ownWill)])
        #expect(desk.output.actions == [.close(.reset)])
    }

    @Test func `a churning client leaves in each of three ways, and comes back`() {
        var desk = MachineDesk(.churning)
        var (manners, stays, pauses) = ([ClientAction](), [Duration](), [Duration]())
        for _ in 0..<60 {
            desk.open()
            stays.append((desk.machine.deadline ?? desk.now) - desk.now)
            desk.output = ClientOutput()
            desk.elapse()
            #expect(desk.output.events == [.left(client: 5, .ownWill)])
            manners += desk.output.actions
            if desk.isClosing { desk.end() }
            pauses.append(desk.pause ?? .zero)
        }
        #expect(manners.count { $0 == .close(.plain) } > 10)
        #expect(manners.count { $0 == .close(.reset) } > 10)
        #expect(manners.count { if case .send(let frame) = $0 { frame.count == 8 } else { false } } > 10)
        #expect(stays.allSatisfy { (.milliseconds(200) ... .seconds(5)).contains($0) })
        #expect(pauses.allSatisfy { (.zero ... .seconds(2)).contains($0) })
    }

    @Test(arguments: ClientKind.allCases)
    func `one that departs never comes back`(_ kind: ClientKind) {
        var desk = MachineDesk.open(kind)
        desk.depart()
        #expect(desk.output.events == [.left(client: 5, .ownWill)])
        #expect(kind == .halfOpen ? desk.output.actions == [.close(.reset)] : desk.sent == [[0x88, 0x03, 0xE8]])
        desk.end()
        #expect(desk.machine.isGone)
        desk.elapse()
        #expect(desk.output.events.count == 1)
    }

    @Test func `one that isn't open departs without a word`() {
        var (resting, connecting, closing) = (MachineDesk(.slow), MachineDesk(.slow), MachineDesk.open(.slow))
        resting.depart()
        connecting.elapse()
        connecting.depart()
        closing.receive(Wire.close(1012))
        closing.depart()
        closing.elapse()
        #expect(resting.machine.isGone && resting.output.actions.isEmpty)
        #expect(connecting.machine.isGone && connecting.output.actions == [.connect, .close(.reset)])
        #expect(closing.machine.isGone && closing.output.events.count == 1)
        #expect(connecting.output.events.isEmpty)
    }

    @Test func `clients share no more of a source address than they may, and none is the daemon's own`() {
        let kinds = Array(repeating: ClientKind.steady, count: 1001)
        let plan = CrowdPlan(port: 1, kinds: kinds, runs: 1, seed: 1)
        let shares = Dictionary(grouping: kinds.indices) { plan.address(of: $0) }
        #expect(Set(shares.keys) == [2, 3, 4])
        #expect(shares.values.allSatisfy { $0.count <= 400 })
    }
}
