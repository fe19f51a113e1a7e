import Glibc
import NIOCore
import NIOPosix

/// All connections of a ``FaultyProxy``, on its event loop.
final class ProxySwitchboard {
    private let path: String
    private let loop: any EventLoop
    private var behaviour = FaultyProxy.Behaviour.pass
    private var wires: [ObjectIdentifier: ProxyWire] = [:]
    /// How often the present behaviour has hindered something.
    private(set) var victims = 0

    init(path: String, loop: any EventLoop) {
        self.path = path
        self.loop = loop
    }

    func set(_ behaviour: FaultyProxy.Behaviour) {
        self.behaviour = behaviour
        self.victims = 0
        for wire in self.wires.values { wire.set(behaviour) }
    }

    func reset() {
        for wire in self.wires.values { wire.reset() }
        self.wires = [:]
    }

    func hindered() {
        self.victims += 1
    }

    func accept(_ client: any Channel) -> EventLoopFuture<Void> {
        if case .refuse = self.behaviour {
            self.hindered()
            return self.loop.makeFailedFuture(FaultyProxyError.refused(resetting: client))
        }
        return ClientBootstrap(group: self.loop).channelOption(.autoRead, value: false)
            .connect(unixDomainSocketPath: self.path)
            .assumeIsolated().flatMapThrowing { try self.join(client, $0) }.nonisolated()
    }

    private func join(_ client: any Channel, _ server: any Channel) throws {
        let wire = ProxyWire(client, server, of: self)
        for (end, other) in [(client, server), (server, client)] {
            try end.pipeline.syncOperations.addHandler(ProxyEnd(wire, other: other))
            end.setOption(.autoRead, value: true).whenComplete { _ in }
        }
        self.wires[ObjectIdentifier(wire)] = wire
        wire.set(self.behaviour)
    }

    func forget(_ wire: ProxyWire) {
        self.wires[ObjectIdentifier(wire)] = nil
    }
}

/// A daemon's connection, and that to the server behind it.
final class ProxyWire {
    private enum State {
        /// Can transition to any other.
        case passing
        /// Holds what is on its way; can transition to any other.
        case stalled(held: [(any Channel, ByteBuffer?)])
        /// For good: only ``reset()`` ends it.
        case dead
    }

    private let ends: [any Channel]
    private let switchboard: ProxySwitchboard
    private var state = State.passing

    init(_ client: any Channel, _ server: any Channel, of switchboard: ProxySwitchboard) {
        self.ends = [client, server]
        self.switchboard = switchboard
    }

    func set(_ behaviour: FaultyProxy.Behaviour) {
        switch (self.state, behaviour) {
        case (.dead, _), (.stalled, .stall): break
        case (.passing, .stall): self.state = .stalled(held: [])
        case (_, .drop): self.state = .dead
        case (.stalled(let held), .pass), (.stalled(let held), .refuse):
            self.state = .passing
            for (end, bytes) in held { self.send(bytes, to: end) }
        case (.passing, .pass), (.passing, .refuse): break
        }
    }

    /// Takes bytes, or the end of the other side, that are meant for one end.
    func send(_ bytes: ByteBuffer?, to end: any Channel) {
        switch self.state {
        case .passing:
            self.deliver(bytes, to: end)
        case .stalled(let held):
            self.state = .stalled(held: held + [(end, bytes)])
            self.switchboard.hindered()
        case .dead:
            self.switchboard.hindered()
        }
    }

    private func deliver(_ bytes: ByteBuffer?, to end: any Channel) {
        if let bytes {
            end.writeAndFlush(bytes, promise: nil)
        } else {
            // Behind what is still to be written.
            end.writeAndFlush(ByteBuffer()).whenComplete { _ in end.close(promise: nil) }
            self.switchboard.forget(self)
        }
    }

    func reset() {
        for end in self.ends { FaultyProxyError.reset(end) }
    }
}

/// One end of a wire.
private final class ProxyEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let wire: ProxyWire
    private let other: any Channel

    init(_ wire: ProxyWire, other: any Channel) {
        self.wire = wire
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.wire.send(Self.unwrapInboundIn(data), to: self.other)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.wire.send(nil, to: self.other)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// How a proxy turns a connection away.
private enum FaultyProxyError: Error {
    case refused

    static func refused(resetting channel: any Channel) -> FaultyProxyError {
        Self.reset(channel)
        return .refused
    }

    /// Closes so that the other side gets a RST.
    static func reset(_ channel: any Channel) {
        if let socket = channel as? any SocketOptionProvider {
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
        }
    }
}
