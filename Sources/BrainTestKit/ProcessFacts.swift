import Foundation
import Glibc

/// What the kernel says of a process, by proc(5); nil where it is gone, or somebody else's.
package enum ProcessFacts {
    /// User and system time, all threads, at a resolution of 10 ms.
    package static func processorTime(of pid: Int32) -> Duration? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        // Fields 14 and 15; the third is the first after the name.
        let fields = text[name...].split(separator: " ").dropFirst()
        let ticks = fields.dropFirst(11).prefix(2).compactMap { Int($0) }.reduce(0, +)
        return .seconds(1) * ticks / sysconf(Int32(_SC_CLK_TCK))
    }

    /// Resident memory in bytes.
    package static func residentBytes(of pid: Int32) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8) else { return nil }
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
    }

    /// How many descriptors it has open.
    package static func descriptors(of pid: Int32) -> Int? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd"))?.count
    }
}
