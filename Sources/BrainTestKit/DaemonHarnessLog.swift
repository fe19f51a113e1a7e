import Brain
import Glibc

/// A daemon's log in a file without a name, gone with this object.
final class DaemonHarnessLog: Sendable {
    private static let readAtMost = 1 << 20

    let output: LogOutput
    private let descriptor: Int32

    init() throws {
        var path = Array("/tmp/brain-test-log.XXXXXX".utf8CString)
        self.descriptor = mkstemp(&path)
        guard self.descriptor >= 0 else { throw DaemonHarnessError.missing("a file for the log") }
        unlink(path)
        self.output = LogOutput(descriptor: self.descriptor)
    }

    deinit {
        close(self.descriptor)
    }

    /// The first MiB.
    var text: String {
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.readAtMost) { buffer, count in
            count = max(0, pread(self.descriptor, buffer.baseAddress, Self.readAtMost, 0))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
