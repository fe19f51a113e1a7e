import Foundation
import Glibc
import Logging
import Testing

@testable import Brain

struct LoggerTests {
    @Test func `logs at the configured level and above, in the configured format`() throws {
        let pipe = try LogPipe()
        var settings = Configuration.Log()
        settings.level = .warning
        settings.format = .json
        let logger = settings.makeLogger(output: pipe.output)
        logger.log(.info, "unheard")
        logger.log(.error, "heard", [.port: "1"])
        let lines = pipe.lines()
        #expect(lines.count == 1)
        #expect(lines.first?.hasSuffix("\"level\":\"error\",\"message\":\"heard\",\"port\":\"1\"}") == true)
    }

    @Test func `is json where no format is set and the output is no terminal`() throws {
        let pipe = try LogPipe()
        Configuration.Log().makeLogger(output: pipe.output).log(.info, "heard")
        #expect(pipe.lines().first?.hasPrefix("{\"time\":") == true)
    }

    @Test func `each line has its priority where a journal reads, and nowhere else`() throws {
        let (pipe, other) = (try LogPipe(), try LogPipe())
        for stream in [pipe.stream, other.stream, "", nil] {
            let logger = Configuration.Log().makeLogger(output: pipe.output, journal: stream)
            for level in [Logger.Level.critical, .error, .warning, .notice, .info] { logger.log(level: level, "heard") }
        }
        let starts = pipe.lines().map { String($0.prefix(4)) }
        #expect(starts.prefix(5) == ["<2>{", "<3>{", "<4>{", "<5>{", "<6>{"])
        #expect(starts.count == 20 && starts.dropFirst(5).allSatisfy { $0 == "{\"ti" })
    }

    @Test func `an event's own field wins over the logger's, and an error is a field`() throws {
        let pipe = try LogPipe()
        var logger = Configuration.Log().makeLogger(output: pipe.output)
        logger[metadataKey: "session"] = "s-1"
        logger[metadataKey: "child"] = "sessions"
        logger.log(.info, "heard", [.session: "s-2"])
        logger.warning("failed", error: CancellationError())
        let lines = pipe.lines()
        #expect(lines.first?.hasSuffix(",\"child\":\"sessions\",\"session\":\"s-2\"}") == true)
        #expect(lines.last?.contains("\"error\":\"CancellationError()\"") == true)
    }

    @Test func `lines of several threads never mix`() async throws {
        let pipe = try LogPipe()
        let logger = Configuration.Log().makeLogger(output: pipe.output)
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<200 { group.addTask { logger.log(.info, "heard", [.count: "\(index)"]) } }
        }
        let lines = pipe.lines()
        #expect(lines.count == 200)
        #expect(lines.allSatisfy { $0.hasPrefix("{\"time\"") && $0.hasSuffix("\"}") })
    }

    @Test func `a reader that doesn't read makes nobody wait, and is told how many lines it missed`() throws {
        let pipe = try LogPipe()
        let logger = Configuration.Log().makeLogger(output: pipe.output)
        for _ in 0..<10_000 { logger.log(.info, "into the void") }
        let read = pipe.lines().count
        #expect(read < 10_000)
        logger.log(.info, "heard again")
        let lines = pipe.lines()
        #expect(lines.count == 2)
        #expect(lines.first?.hasSuffix("\"message\":\"log lines dropped\",\"count\":\(10_000 - read)}") == true)
        #expect(lines.last?.contains("heard again") == true)
    }
}
