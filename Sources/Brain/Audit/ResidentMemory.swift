import CLinux
import Glibc

/// What the process holds in memory.
enum ResidentMemory {
    /// In bytes, by /proc/self/statm (proc(5)); nil where that can't be read.
    static var bytes: Int? {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &text, text.count)
        guard count > 0 else { return nil }
        return Self.bytes(statm: String(decoding: text.prefix(count), as: UTF8.self))
    }

    /// The second field, which counts pages.
    static func bytes(statm: String) -> Int? {
        let fields = statm.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages.multipliedReportingOverflow(by: Int(sysconf(Int32(_SC_PAGESIZE)))).partialValue
    }

    /// Keeps a large block that is freed from becoming room for small ones, which would keep it for good.
    static func returnLargeBlocks() {
        clinux_return_large_blocks()
    }

    /// Gives what the allocator keeps free back to the kernel; others may wait to allocate meanwhile.
    static func release() {
        clinux_release_free_memory()
    }
}
