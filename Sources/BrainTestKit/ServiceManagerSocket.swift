import Glibc

/// A service manager's end of sd_notify(3): a socket that keeps what it is told until a test takes it.
package final class ServiceManagerSocket: Sendable {
    /// What `NOTIFY_SOCKET` says.
    package let address: String
    private let directory: String
    private let descriptor: Int32

    /// Listens in a new directory under /tmp, or on a name of the abstract namespace that nobody else has.
    ///
    /// - Parameter isAbstract: which of the two.
    /// - Throws: `DaemonHarnessError.missing` where it can't be had.
    package init(isAbstract: Bool = false) throws {
        var template = Array("/tmp/brain-notify.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw DaemonHarnessError.missing("a directory for a socket") }
        self.directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let path = self.directory + "/notify"
        self.address = isAbstract ? "@\(path)" : path
        self.descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard Self.bind(self.descriptor, isAbstract ? [0] + Array(path.utf8) : Array(path.utf8)) else {
            throw DaemonHarnessError.missing("a socket at \(self.address)")
        }
    }

    deinit {
        close(self.descriptor)
        unlink(self.address)
        rmdir(self.directory)
    }

    /// The oldest message that waits; nil where none does.
    package func take() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(self.descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// All messages that wait.
    package func takeAll() -> [String] {
        var messages: [String] = []
        while let message = self.take() { messages.append(message) }
        return messages
    }

    private static func bind(_ descriptor: Int32, _ name: [UInt8]) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        return withUnsafeBytes(of: &address) { bytes in
            // Safety: a sockaddr_un begins as a sockaddr does (unix(7)).
            Glibc.bind(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), length) == 0
        }
    }
}
