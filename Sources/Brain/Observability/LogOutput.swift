import Glibc
import Synchronization

/// Takes whole lines to a file descriptor, each by one `write`, so that lines of several threads never mix.
///
/// Nothing waits for a reader that doesn't read: a line that the descriptor has no room for is dropped, and the next
/// one that goes through comes after a line that says how many were. Event loops log, and may not stand still.
package final class LogOutput: Sendable {
    /// The process's standard error.
    package static let standardError = LogOutput(descriptor: STDERR_FILENO)

    private let descriptor: Int32
    private let dropped = Mutex(0)

    /// Writes to `descriptor`, which stays open and belongs to the caller.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Whether the descriptor is a terminal.
    var isTerminal: Bool { isatty(self.descriptor) == 1 }

    /// Whether it is the journal of systemd that reads (systemd.exec(5), `JOURNAL_STREAM`).
    ///
    /// - Parameter stream: Device and inode of what systemd gave a service for its output, as `8:1234`.
    /// - Returns: False also where that was redirected since.
    func isJournal(_ stream: String?) -> Bool {
        var facts = stat()
        guard let stream, fstat(self.descriptor, &facts) == 0 else { return false }
        return stream == "\(facts.st_dev):\(facts.st_ino)"
    }

    /// Writes a line that has its newline; `lossLine` makes the one that tells of lines dropped before it.
    func write(_ line: String, lossLine: (_ dropped: Int) -> String) {
        self.dropped.withLock { dropped in
            if dropped > 0, self.put(lossLine(dropped)) { dropped = 0 }
            if dropped > 0 || !self.put(line) { dropped += 1 }
        }
    }

    /// Whether the line was written.
    ///
    /// A pipe that is ready takes PIPE_BUF bytes without waiting (pipe(7)).
    private func put(_ line: String) -> Bool {
        var request = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&request, 1, 0) == 1, request.revents & Int16(POLLOUT) != 0 else { return false }
        var bytes = Array(line.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(self.descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}
