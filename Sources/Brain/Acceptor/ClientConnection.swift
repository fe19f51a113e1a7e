import NIOCore
import Synchronization

/// An accepted connection before it is a session: who is there, and what the door said to each request.
package final class ClientConnection: Sendable {
    /// What the door decided about one request, in the order of the requests.
    enum Verdict: Sendable {
        /// To be answered; the client's own address decides what it may do.
        case admitted(client: IPAddress)
        /// To be answered with this.
        case refused(Refusal)
        /// A request on `/ws` that can't be upgraded: to be answered with 400.
        case malformedUpgrade(reason: String)
        /// A request on `/ws` in another version, or none: to be answered with 426.
        case upgradeRequired
    }

    /// The socket's other end.
    let peer: IPAddress
    /// Its address and port.
    let peerName: String
    private let verdicts = Mutex(CircularBuffer<Verdict>())

    /// Makes a connection that has asked for nothing yet.
    init(peer: IPAddress, peerName: String) {
        self.peer = peer
        self.peerName = peerName
    }

    /// Notes what is to become of the next request.
    ///
    /// A client that sends requests faster than it reads answers is held
    /// back by the channel, so that few are noted at a time.
    func note(_ verdict: Verdict) {
        self.verdicts.withLock { $0.append(verdict) }
    }

    /// What is to become of the request whose turn it is.
    func nextVerdict() -> Verdict? {
        self.verdicts.withLock { $0.popFirst() }
    }
}
