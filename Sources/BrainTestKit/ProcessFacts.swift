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
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map {
            $0 * sysconf(Int32(_SC_PAGESIZE))
        }
    }

    /// How many descriptors it has open.
    package static func descriptors(of pid: Int32) -> Int? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd"))?.count
    }

    /// The lowest number that no descriptor has: the next one's (open(2)).
    package static func lowestFreeDescriptor(of pid: Int32) -> Int? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd") else { return nil }
        let numbers = Set(names.compactMap { Int($0) })
        return (0...numbers.count).first { !numbers.contains($0) }
    }

    /// How many descriptors it has open of each kind: `socket`, `pipe`, `anon_inode:[eventfd]`, or a file's path.
    ///
    /// Costs a readlink for each descriptor.
    package static func descriptorKinds(of pid: Int32) -> [String: Int]? {
        let directory = "/proc/\(pid)/fd"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return nil }
        let targets = names.compactMap { name in
            // One that is closed meanwhile is none.
            try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(name)")
        }
        return Dictionary(targets.map { (Self.kind(of: $0), 1) }, uniquingKeysWith: +)
    }

    /// Sockets and pipes without the number of each.
    private static func kind(of target: String) -> String {
        let isNumbered = target.hasPrefix("socket:") || target.hasPrefix("pipe:")
        return isNumbered ? String(target.prefix { $0 != ":" }) : target
    }
}
