import Testing

@testable import BrainSoak

/// What all clients do, shown on a steady one.
struct ClientMachineTests {
    private static let step = RunStep(run: 3, number: 4, status: .running)

    @Test func `it connects, sends its request, and has joined with the 101`() {
        var desk = MachineDesk(.steady)
        #expect(desk.machine.interest == .nothing)
        desk.elapse()
        #expect(desk.output.actions == [.connect])
        #expect(desk.machine.interest == .connection)
        desk.connect()
        #expect(
            desk.output.actions == [
                .connect, .send(UpgradeAnswer.request(port: 5221, agent: ClientAgent(client: 5, kind: .steady))),
            ]
        )
        #expect(desk.output.events.isEmpty)
        desk.receive(Wire.accepted)
        #expect(desk.output.events == [.joined(client: 5)])
        #expect(desk.machine.isOpen)
    }

    @Test func `what is behind the 101 are messages, wherever it is cut`() {
        let bytes = Wire.accepted + Wire.text(Wire.message(Self.step))
        for cut in bytes.indices {
            var desk = MachineDesk(.steady)
            desk.elapse()
            desk.connect()
            desk.receive(Array(bytes[..<cut]))
            desk.receive(Array(bytes[cut...]))
            #expect(desk.output.events == [.joined(client: 5), .heard(client: 5, Self.step)], "cut at \(cut)")
        }
    }

    @Test(arguments: [429, 503])
    func `a refusal is told with its status`(_ status: Int) {
        var desk = MachineDesk(.steady)
        desk.elapse()
        desk.connect()
        desk.receive(Array("HTTP/1.1 \(status) No\r\nContent-Length: 0\r\n\r\n".utf8))
        #expect(desk.output.events == [.refused(client: 5, status: status)])
        #expect(desk.output.actions.last == .close(.plain))
        #expect(desk.pause != nil)
    }

    @Test(arguments: [
        "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: another\r\n\r\n", "SSH-2.0\r\n\r\n",
        String(repeating: "x", count: UpgradeAnswer.limit),
    ])
    func `an answer that is none is a violation`(_ answer: String) {
        var desk = MachineDesk(.steady)
        desk.elapse()
        desk.connect()
        desk.receive(Array(answer.utf8))
        guard case .violated(client: 5, _) = desk.output.events.first else {
            Issue.record("\(desk.output.events)")
            return
        }
        #expect(desk.pause != nil)
    }

    @Test func `a connect that fails, and an answer that doesn't come, are refusals without a status`() {
        var (failed, late) = (MachineDesk(.steady), MachineDesk(.steady))
        failed.elapse()
        failed.end()
        late.elapse()
        late.connect()
        late.elapse()
        #expect(failed.output.events == [.refused(client: 5, status: 0)])
        #expect(late.output.events == failed.output.events)
        #expect(late.output.actions.last == .close(.reset))
    }

    @Test func `its pauses double up to the bound, with the whole jitter`() {
        var desk = MachineDesk(.steady)
        var pauses: [Duration] = []
        for _ in 0..<40 {
            desk.elapse()
            desk.end()
            pauses.append(desk.pause ?? .seconds(100))
        }
        for (failures, pause) in pauses.enumerated() {
            #expect(pause <= min(.milliseconds(50) * (1 << min(failures, 10)), .seconds(5)))
        }
        #expect(pauses.contains { $0 > .seconds(3) } && pauses.dropFirst(10).contains { $0 < .seconds(2) })
    }

    @Test(arguments: [(Duration.milliseconds(9999), 6), (.seconds(10), 1)])
    func `its next pause is a first one again where it was calm`(_ stay: Duration, _ failures: Int) {
        var desk = MachineDesk(.steady)
        for _ in 0..<5 {
            desk.elapse()
            desk.end()
        }
        desk.open()
        desk.now += stay
        desk.end()
        #expect(desk.machine.failures == failures)
    }

    @Test func `a ping is answered with its payload`() {
        var desk = MachineDesk.open(.steady)
        desk.receive(Wire.ping([1, 2, 3, 4, 5]))
        #expect(desk.sent == [[0x8A, 1, 2, 3, 4, 5]])
    }

    @Test(arguments: [1012, 4008])
    func `a close frame is answered with its code, and the daemon's end of the connection awaited`(_ code: Int) {
        var desk = MachineDesk.open(.steady)
        desk.receive(Wire.close(code) + Wire.text(Wire.message(Self.step)))
        #expect(desk.output.events == [.left(client: 5, .closed(code: code))])
        #expect(desk.sent == [[0x88] + Wire.bigEndian(code, bytes: 2)])
        desk.receive(Wire.text(Wire.message(Self.step)))
        desk.end()
        #expect(desk.output.actions.last == .close(.plain))
        #expect(desk.output.events.count == 1)
        #expect(desk.pause != nil)
    }

    @Test func `a close frame without a code is answered without one`() {
        var desk = MachineDesk.open(.steady)
        desk.receive(Wire.frame(0x88, []))
        #expect(desk.output.events == [.left(client: 5, .closed(code: 1005))])
        #expect(desk.sent == [[0x88]])
    }

    @Test func `it ends the connection itself where nobody else does after a close frame`() {
        var desk = MachineDesk.open(.steady)
        desk.receive(Wire.close(1012))
        desk.elapse()
        #expect(desk.output.actions.last == .close(.plain))
        #expect(desk.pause != nil)
    }

    @Test func `a connection that breaks is a cut`() {
        var desk = MachineDesk.open(.steady)
        desk.end()
        #expect(desk.output.events == [.left(client: 5, .cut)])
        #expect(desk.output.actions == [.close(.plain)])
    }

    @Test func `a half message of one connection is no part of the next`() {
        var desk = MachineDesk.open(.steady)
        desk.receive(Wire.text(Wire.message(Self.step)).dropLast(20))
        desk.end()
        desk.open()
        desk.receive(Wire.text(Wire.message(Self.step)))
        #expect(desk.output.events.last == .heard(client: 5, Self.step))
    }

    @Test(arguments: [[0x82, 0x00], Wire.text("{}")])
    func `after a violation it leaves, and comes back later`(_ frame: [UInt8]) {
        var desk = MachineDesk.open(.steady)
        desk.receive(frame + frame)
        guard case .violated(client: 5, _) = desk.output.events.first else {
            Issue.record("\(desk.output.events)")
            return
        }
        #expect(desk.output.events.dropFirst() == [.left(client: 5, .ownWill)])
        #expect(desk.output.actions == [.close(.reset)])
        #expect(desk.pause != nil)
    }

    @Test func `one that is reset by its own side comes back`() {
        var desk = MachineDesk.open(.steady)
        desk.machine.reset(desk.now, &desk.output)
        #expect(desk.output.events == [.left(client: 5, .ownWill)])
        #expect(desk.output.actions == [.close(.reset)])
        #expect(desk.pause != nil)
    }
}
