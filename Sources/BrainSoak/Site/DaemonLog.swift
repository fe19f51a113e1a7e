import BrainTestKit
import Foundation
import Glibc
import Synchronization

/// Reads the daemon's log as it comes, line by line, on a thread of its own.
///
/// What is worth a look later, from level `warning` on, goes to a file, too; when that is full it becomes the file
/// before, and a new one begins.
final class DaemonLog: Sendable {
    /// What the daemon writes to.
    let pipe = Pipe()
    private let path: String
    private let isStopped = Atomic(false)
    private let take: @Sendable (Substring) -> Void

    /// More than any single line of the daemon's, which is 4096 bytes at most.
    private static let longestLine = 1 << 16
    /// The daemon drops lines that the pipe has no room for: it has 64 KiB by default, and this is what anyone may have.
    private static let setPipeSize: Int32 = 1031  // F_SETPIPE_SZ of fcntl(2), which Swift's Glibc module lacks.
    private static let pipeBytes: Int32 = 1 << 20
    private static let largestFile = 32 << 20

    /// - Parameters:
    ///   - path: of the file that keeps warnings and errors; the one before has `.1` behind it.
    ///   - take: is given each line, on the log's thread.
    init(keepingAt path: String, _ take: @escaping @Sendable (Substring) -> Void) {
        self.path = path
        self.take = take
        _ = fcntl(self.pipe.fileHandleForWriting.fileDescriptor, Self.setPipeSize, Self.pipeBytes)
        Thread.detachNewThread { self.read() }
    }

    /// Has the thread end, within a tenth of a second.
    func stop() {
        self.isStopped.store(true, ordering: .releasing)
    }

    private func read() {
        let input = self.pipe.fileHandleForReading.fileDescriptor
        var file = LogFile(self.path, largest: Self.largestFile)
        var partial: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while !self.isStopped.load(ordering: .acquiring) {
            var request = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, 100) > 0 else { continue }
            let count = Glibc.read(input, &chunk, chunk.count)
            guard count > 0 else { return }
            partial += chunk[..<count]
            self.takeLines(of: &partial, &file)
        }
    }

    private func takeLines(of partial: inout [UInt8], _ file: inout LogFile) {
        var rest = partial[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            self.take(line[...])
            if Self.isWorthKeeping(line) { file.write(line) }
            rest = rest[(end + 1)...]
        }
        partial = rest.count > Self.longestLine ? [] : Array(rest)
    }

    private static func isWorthKeeping(_ line: String) -> Bool {
        !line.contains("\"level\":\"debug\"") && !line.contains("\"level\":\"info\"")
    }
}

/// A file that doesn't grow without end.
private struct LogFile: ~Copyable {
    private let path: String
    private let largest: Int
    private var descriptor: Int32
    private var written = 0

    init(_ path: String, largest: Int) {
        (self.path, self.largest) = (path, largest)
        self.descriptor = Self.open(path)
    }

    deinit {
        close(self.descriptor)
    }

    mutating func write(_ line: String) {
        if self.written > self.largest { self.turn() }
        self.written += max(0, Glibc.write(self.descriptor, "\(line)\n", line.utf8.count + 1))
    }

    private mutating func turn() {
        close(self.descriptor)
        rename(self.path, "\(self.path).1")
        self.descriptor = Self.open(self.path)
        self.written = 0
    }

    private static func open(_ path: String) -> Int32 {
        Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    }
}
