import Brain
import BrainTestKit
import Foundation
import Glibc
import Postgres
import Testing

/// Runs a daemon with an embedded database of its own, in a directory that is removed afterwards.
///
/// - Parameters:
///   - setup: what else is particular about it.
///   - body: is given the way to the database.
/// - Throws: the body's error, or what hindered the daemon.
func withEmbeddedDaemon(
    _ setup: DaemonSetup,
    _ body: @escaping @Sendable (DaemonHarness, ConnectionTarget) async throws -> Void
) async throws {
    var template = Array("/tmp/brain-test.XXXXXX".utf8CString)
    let isMade = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
    try #require(isMade)
    let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    // Run by root, the server belongs to another user, who has to come through here.
    chmod(directory, 0o755)
    var setup = setup
    setup.configuration.database = .embedded(dataDirectory: "\(directory)/data")
    try await withDaemon(setup) { daemon in
        try await body(daemon, ConnectionTarget(conninfo: conninfo(announced: daemon.announced)))
    }
}

/// The way to the database by the `psql` line that the daemon announced.
private func conninfo(announced: [String]) -> String {
    let words = announced.last?.split(separator: " ") ?? []
    let port = words.drop { $0 != "-p" }.dropFirst().first ?? "5432"
    return "host=localhost port=\(port) user=cecelia dbname=cecelia"
}
