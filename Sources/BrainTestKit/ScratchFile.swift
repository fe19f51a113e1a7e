package import Foundation
import Glibc

/// A file without a name, gone with this object: what a program reads or writes.
package final class ScratchFile: Sendable {
    /// Its only name.
    package let descriptor: Int32

    /// Makes a file.
    ///
    /// - Parameter text: what is in it, to be read from the beginning.
    /// - Throws: where the system gives no file.
    package init(_ text: String = "") throws(ProgramError) {
        var path = Array("/tmp/brain-scratch.XXXXXX".utf8CString)
        self.descriptor = mkstemp(&path)
        guard self.descriptor >= 0 else { throw .system("mkstemp", errno: errno) }
        // A child gets only what it is given.
        _ = fcntl(self.descriptor, F_SETFD, FD_CLOEXEC)
        unlink(path)
        let bytes = Array(text.utf8)
        _ = pwrite(self.descriptor, bytes, bytes.count, 0)
    }

    deinit {
        close(self.descriptor)
    }

    /// For a child's standard input, output or error.
    package var handle: FileHandle { FileHandle(fileDescriptor: self.descriptor, closeOnDealloc: false) }

    /// Everything that is in it now.
    package var text: String {
        let size = Int(max(0, lseek(self.descriptor, 0, SEEK_END)))
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = max(0, pread(self.descriptor, buffer.baseAddress, size, 0))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
