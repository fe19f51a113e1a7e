import BrainTestKit
import Foundation
import Glibc

/// What the kernel says of a process.
enum Kernel {
    /// The resident memory of this process in bytes, now.
    static var residentBytes: Int { Self.status("VmRSS") }

    /// The most that it has been.
    static var peakBytes: Int { Self.status("VmHWM") }

    /// What the kernel says of this process under a key; nothing where it says nothing.
    static func text(_ key: String) -> Substring {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(key + ":") } ?? ""
        return line.split(whereSeparator: \.isWhitespace).dropFirst().first ?? ""
    }

    /// All of a file of the kernel's.
    ///
    /// It has no size and comes in pieces; Foundation takes the first one for the whole.
    ///
    /// - Parameter path: under /proc.
    /// - Returns: nothing where it can't be read.
    static func contents(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        var (bytes, piece) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
        while case let count = read(descriptor, &piece, piece.count), count > 0 { bytes += piece.prefix(count) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func status(_ key: String) -> Int { (Int(Self.text(key)) ?? 0) * 1024 }
}

/// What the figures were taken on.
struct MachineFacts: Encodable, Sendable {
    let cores: Int
    /// Processes that ran or waited to, over the last minute, before the bench began.
    let load: String
    let postgres: String?
    /// The median of a few writes of 8 KiB with fdatasync, where the server's files are.
    let syncMilliseconds: Double?
    /// Of a debug build no figure means anything.
    let isOptimized: Bool

    /// Looks at the machine.
    ///
    /// - Parameter postgres: the server's version; nil for a measurement without one.
    /// - Returns: what is to stand at the head of a report.
    static func now(postgres: String? = nil) -> MachineFacts {
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        return MachineFacts(
            cores: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
            load: load.split(separator: " ").prefix(3).joined(separator: " "),
            postgres: postgres,
            syncMilliseconds: postgres == nil ? nil : Self.syncTime(),
            isOptimized: Self.wasOptimized
        )
    }

    var line: String {
        let server = self.postgres.map { ", PostgreSQL \($0)" } ?? ""
        let sync = self.syncMilliseconds.map { ", fdatasync \($0.text()) ms" } ?? ""
        return
            "\(self.cores) cores, load average \(self.load)\(server)\(sync)\(self.isOptimized ? "" : ", DEBUG BUILD")"
    }

    private static var wasOptimized: Bool {
        #if DEBUG
        false
        #else
        true
        #endif
    }

    private static func syncTime() -> Double? {
        guard let file = try? ScratchFile() else { return nil }
        let page = [UInt8](repeating: 1, count: 8192)
        let times = (0..<50).map { _ in
            ContinuousClock().measure {
                pwrite(file.descriptor, page, page.count, 0)
                fdatasync(file.descriptor)
            }.milliseconds
        }
        return Distribution(times).median
    }
}
