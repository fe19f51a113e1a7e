import BrainTestKit
import Foundation

/// The load generator and the servers beside Brain, ready to run.
struct FanTools: Sendable {
    let fan: String
    let limit: String
    let contestants: [Contestant]
    /// What a reader must know of what isn't there.
    let remarks: [String]

    /// Compiles them from their sources into a directory.
    ///
    /// - Parameters:
    ///   - sources: the folder with `fan.c` and `limit.c`.
    ///   - directory: gets the programs.
    /// - Returns: what can be run; without Node and its package, one contestant fewer.
    /// - Throws: where a source, the compiler or `taskset` is missing, or the compiler's words.
    static func make(from sources: String, in directory: String) async throws -> FanTools {
        try Self.check(sources)
        let hasNode = try await NodeServer.isPossible()
        return FanTools(
            fan: try await Self.compile("fan", from: sources, ["-O2", "-Wall"], directory),
            limit: try await Self.compile("limit", from: sources, ["-O3", "-march=native", "-pthread"], directory),
            contestants: hasNode ? Contestant.allCases : [.brain, .each, .batch],
            remarks: hasNode ? [] : ["ws isn't measured: there is no `node` that can require it (Debian: node-ws)."]
        )
    }

    private static func check(_ sources: String) throws(BenchError) {
        for name in ["fan.c", "limit.c"] where !FileManager.default.isReadableFile(atPath: "\(sources)/\(name)") {
            throw .needs("\(sources)/\(name)", remedy: "--tools is the folder with fan.c and limit.c")
        }
        try Self.need("cc", remedy: "install a C compiler (Debian: gcc, libc6-dev)")
        try Self.need("taskset", remedy: "install util-linux")
    }

    private static func need(_ program: String, remedy: String) throws(BenchError) {
        guard (try? ProgramProcess.path(of: program)) != nil else { throw .needs(program, remedy: remedy) }
    }

    /// A program of the bench's has no other current directory than the root.
    private static func compile(
        _ name: String,
        from sources: String,
        _ flags: [String],
        _ directory: String
    ) async throws -> String {
        let source = URL(fileURLWithPath: sources).appendingPathComponent("\(name).c").path
        _ = try await ProgramProcess.output(of: "cc", flags + ["-o", "\(directory)/\(name)", source])
        return "\(directory)/\(name)"
    }
}

/// Two cores of those that this process may use: one for the server, another for the load generator.
struct CorePair: Sendable {
    let server: Int
    let client: Int

    /// Takes the first two; where there is one only, both get it.
    init(of cores: [Int]) {
        self.server = cores.first ?? 0
        self.client = cores.dropFirst().first ?? self.server
    }

    var remark: String {
        self.server == self.client
            ? "There is only one core: servers and load generator share it, and no figure is what it is elsewhere."
            : "The server has core \(self.server), the load generator core \(self.client)."
    }
}
