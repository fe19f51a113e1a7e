import Foundation
import Glibc

/// A directory for the time of a measurement.
enum ScratchDirectory {
    /// Makes one, and removes it with all that is in it after `body`, even where that throws or is cancelled.
    static func with<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        var template = Array("/tmp/brain-bench.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw BenchError.system("mkdtemp", errno: errno) }
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }
}
