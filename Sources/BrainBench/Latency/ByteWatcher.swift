import Foundation
import Glibc
import Synchronization

/// Reads a descriptor on a thread of its own, and notes when a text came.
///
/// A thread that stands in poll(2), since a hop from an event loop or a pool would be part of what is measured.
final class ByteWatcher: Sendable {
    private static let patience = Duration.seconds(20)

    private struct State {
        var wanted: [UInt8] = []
        var receipt: Result<ContinuousClock.Instant, any Error>?
        var waiting: CheckedContinuation<ContinuousClock.Instant, any Error>?
        var deadline = ContinuousClock.now
        var isStopped = false
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    /// - Parameter descriptor: is closed when the watcher has stopped.
    init(owning descriptor: Int32) {
        self.descriptor = descriptor
        Thread.detachNewThread { self.read() }
    }

    /// Looks for this text from now on.
    func expect(_ text: String) {
        self.state.withLock { state in
            state.wanted = Array(text.utf8)
            state.receipt = nil
            state.deadline = .now + Self.patience
        }
    }

    /// When the text came.
    func receipt() async throws -> ContinuousClock.Instant {
        try await withCheckedThrowingContinuation { continuation in
            let receipt = self.state.withLock { state in
                if state.receipt == nil { state.waiting = continuation }
                return state.receipt
            }
            if let receipt { continuation.resume(with: receipt) }
        }
    }

    /// Has the thread end, within a tenth of a second.
    func stop() {
        self.state.withLock { $0.isStopped = true }
    }

    private func read() {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while !self.state.withLock({ $0.isStopped }) {
            var request = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, 100) > 0 else {
                self.checkDeadline()
                continue
            }
            let count = Glibc.read(self.descriptor, &chunk, chunk.count)
            let now = ContinuousClock.now
            guard count > 0 else { break }
            bytes += chunk[..<count]
            self.look(at: &bytes, now)
        }
        self.finish(.failure(BenchError.late("a change: the connection has ended")))
        close(self.descriptor)
    }

    /// Keeps what may be the beginning of the text.
    private func look(at bytes: inout [UInt8], _ now: ContinuousClock.Instant) {
        let wanted = self.state.withLock { $0.wanted }
        if !wanted.isEmpty, bytes.firstRange(of: wanted) != nil { self.finish(.success(now)) }
        bytes.removeFirst(max(0, bytes.count - 64))
    }

    private func checkDeadline() {
        let isLate = self.state.withLock { $0.waiting != nil && $0.deadline < .now }
        if isLate { self.finish(.failure(BenchError.late("a change"))) }
    }

    private func finish(_ receipt: Result<ContinuousClock.Instant, any Error>) {
        let waiting = self.state.withLock { state in
            state.wanted = []
            state.receipt = receipt
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(with: receipt)
    }
}

/// A WebSocket session on a bare socket, for one who reads bytes.
enum RawClient {
    /// Connects and upgrades.
    ///
    /// - Returns: the socket, behind the 101.
    static func session(port: Int) throws(BenchError) -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw .system("socket", errno: errno) }
        do throws(BenchError) {
            try Self.connect(socket, port)
            try Self.upgrade(socket, port)
            return socket
        } catch {
            close(socket)
            throw error
        }
    }

    private static func connect(_ socket: Int32, _ port: Int) throws(BenchError) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw .system("connect", errno: errno) }
    }

    private static func upgrade(_ socket: Int32, _ port: Int) throws(BenchError) {
        // The key is that of RFC 6455 §1.3.
        let request = """
            GET /ws HTTP/1.1\r\nHost: localhost:\(port)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
            """
        _ = write(socket, request, request.utf8.count)
        var answer: [UInt8] = []
        var byte: UInt8 = 0
        while !answer.ends(with: "\r\n\r\n".utf8), read(socket, &byte, 1) == 1 { answer.append(byte) }
        guard answer.starts(with: "HTTP/1.1 101".utf8) else {
            throw .notUnderstood(program: "brain", said: String(decoding: answer, as: UTF8.self))
        }
    }
}

extension [UInt8] {
    fileprivate func ends(with other: some BidirectionalCollection<UInt8>) -> Bool {
        self.suffix(other.count).elementsEqual(other)
    }
}
