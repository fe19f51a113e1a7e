import Glibc
import Testing

@testable import Brain

/// A pipe whose writing end is a log's output.
final class LogPipe {
    let output: LogOutput
    private let reading: Int32
    private let writing: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        (self.reading, self.writing) = (ends[0], ends[1])
        _ = fcntl(self.reading, F_SETFL, O_NONBLOCK)
        self.output = LogOutput(descriptor: self.writing)
    }

    /// What `JOURNAL_STREAM` would say of it.
    var stream: String {
        var facts = stat()
        fstat(self.writing, &facts)
        return "\(facts.st_dev):\(facts.st_ino)"
    }

    /// All that was written and not read yet, by line.
    func lines() -> [Substring] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(self.reading, &chunk, chunk.count), count > 0 { bytes += chunk.prefix(count) }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }

    deinit {
        close(self.reading)
        close(self.writing)
    }
}
