import Glibc
import Subprocess

/// A server's log: `server.log`, and `server.log.1` with what came before, each of 8 MiB at most.
///
/// What can't be written is dropped: a full disk is no reason to end the server.
struct ServerLog: ~Copyable {
    private static let limit = 8 << 20

    private(set) var tail = LineTail()
    private let path: String
    private var file: Int32
    private var size: Int

    /// Goes on with the log that is there.
    ///
    /// - Parameter directory: where it is.
    init(in directory: String) {
        self.path = directory + "/server.log"
        (self.file, self.size) = Self.open(self.path)
    }

    deinit {
        Glibc.close(self.file)
    }

    mutating func append(_ output: [UInt8]) {
        self.tail.append(output)
        if self.size + output.count > Self.limit {
            self.rotate()
        }
        self.size += max(0, write(self.file, output, output.count))
    }

    private mutating func rotate() {
        rename(self.path, self.path + ".1")
        Glibc.close(self.file)
        (self.file, self.size) = Self.open(self.path)
    }

    /// Writes a server's output down until it ends.
    ///
    /// - Parameters:
    ///   - output: its stderr.
    ///   - directory: where the log is.
    /// - Returns: the end of the output.
    static func collect(_ output: SubprocessOutputSequence, in directory: String) async -> LineTail {
        var log = ServerLog(in: directory)
        do {
            for try await buffer in output {
                log.append(buffer.withUnsafeBytes { Array($0) })
            }
        } catch {
            // The pipe is gone with the process, or the task was cancelled: what was read is what there is.
        }
        return log.tail
    }

    private static func open(_ path: String) -> (file: Int32, size: Int) {
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        return (file, max(0, lseek(file, 0, SEEK_END)))
    }
}
