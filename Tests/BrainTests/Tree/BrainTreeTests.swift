import Foundation
import Logging
import NIOPosix
import Supervision
import Testing

@testable import Brain

@Suite struct BrainTreeTests {
    /// The outline of the tree that a configuration makes; nothing of it runs.
    private func outline(_ database: DatabaseChoice) async throws -> String {
        var configuration = Configuration()
        configuration.database = database
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let house = try House(
            configuration: configuration,
            logger: logger,
            group: MultiThreadedEventLoopGroup.singleton
        )
        let children = BrainTree.children(of: house, tree: { nil }, listening: { _ in })
        let outline = Supervisor(id: "brain", children: children, onEvent: { _ in }).outline
        await house.tearDown()
        return outline
    }

    /// The first block of text under a heading.
    private func block(under heading: String, of document: String) throws -> String {
        let lines = document.split(separator: "\n", omittingEmptySubsequences: false)
        let section = lines.drop { $0 != heading }.dropFirst().prefix { !$0.hasPrefix("## ") }
        let block = section.drop { $0 != "```text" }.dropFirst().prefix { $0 != "```" }
        return try #require(block.isEmpty ? nil : block.joined(separator: "\n"))
    }

    @Test func `the docs show the tree as it is`() async throws {
        let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
        let document = try String(contentsOf: root.appending(path: "Docs/Architecture.md"), encoding: .utf8)
        let shown = try self.block(under: "## The tree", of: document)
        let outline = try await self.outline(.embedded(dataDirectory: ".brain"))
        #expect(shown.trimmingCharacters(in: .whitespacesAndNewlines) == outline)
    }

    @Test func `starts what others depend on first, and the acceptor last`() async throws {
        let lines = try await self.outline(.embedded(dataDirectory: ".brain")).split(separator: "\n")
        #expect(lines.first == "brain (one-for-one; 5 restarts of a child in 30 s)")
        let names = lines.dropFirst().map { $0.split(separator: " ").dropFirst().first ?? "" }
        #expect(
            names == [
                "postgres", "change-feed", "runs-repository", "rate-governor", "broadcaster", "sessions", "auditor",
                "acceptor",
            ]
        )
        #expect(lines.filter { $0.contains("  permanent  ") }.count == 7)
        #expect(lines.filter { $0.contains("  dynamic  ") }.count == 1)
    }

    @Test func `runs no server where a database is named`() async throws {
        let outline = try await self.outline(.external(conninfo: "host=nowhere"))
        #expect(!outline.contains("postgres"))
        #expect(outline.contains("├── change-feed"))
    }

    @Test func `all stops together stay within the drain's time`() async throws {
        let configuration = Configuration()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let house = try House(
            configuration: configuration,
            logger: logger,
            group: MultiThreadedEventLoopGroup.singleton
        )
        let children = BrainTree.children(of: house, tree: { nil }, listening: { _ in })
        #expect(children.map(\.stopDeadline).reduce(.zero, +) <= configuration.server.drainTimeout)
        await house.tearDown()
    }
}
