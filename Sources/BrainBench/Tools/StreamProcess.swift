import BrainTestKit
import Foundation
import Postgres

/// `pg_recvlogical` on the stream that Brain reads: pgoutput of the publication `brain_runs`.
final class StreamProcess: Sendable {
    private static let slot = "brain_bench"

    private let site: BenchSite
    private let process: ProgramProcess

    private init(site: BenchSite, process: ProgramProcess) {
        (self.site, self.process) = (site, process)
    }

    /// Makes a slot and starts to read it; returns when the stream flows.
    ///
    /// - Parameter site: its publication is there.
    /// - Returns: a reader to be stopped.
    /// - Throws: what hindered it; no slot is left.
    static func start(on site: BenchSite) async throws -> StreamProcess {
        _ = try await site.admin.query("SELECT pg_create_logical_replication_slot('\(Self.slot)', 'pgoutput')")
        let arguments = [
            "-d", site.conninfo, "--slot", Self.slot, "--start", "--no-loop", "-F", "0",
            "-o", "proto_version=1", "-o", "publication_names=brain_runs", "-f", "/dev/null",
        ]
        do {
            let process = try ProgramProcess("pg_recvlogical", arguments, errors: try ScratchFile())
            let stream = StreamProcess(site: site, process: process)
            try await stream.flows()
            return stream
        } catch {
            try? await Self.dropSlot(of: site)
            throw error
        }
    }

    var pid: Int32 { self.process.pid }

    /// Ends the reader, then the slot.
    func stop() async throws {
        await self.process.stop()
        try await Self.dropSlot(of: self.site)
    }

    private func flows() async throws {
        let question =
            "SELECT FROM pg_stat_replication WHERE application_name = 'pg_recvlogical' AND state = 'streaming'"
        let deadline = ContinuousClock.now + .seconds(20)
        while try await self.site.admin.query(question).count == 0 {
            guard !self.process.hasEnded else { throw self.process.failure }
            guard ContinuousClock.now < deadline else { throw BenchError.late("the stream of pg_recvlogical") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The server may notice the reader's end a moment later, and until then the slot is in use.
    private static func dropSlot(of site: BenchSite) async throws {
        let question = "SELECT FROM pg_replication_slots WHERE slot_name = '\(Self.slot)' AND active"
        let deadline = ContinuousClock.now + .seconds(20)
        while try await site.admin.query(question).count > 0, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        _ = try await site.admin.query("SELECT pg_drop_replication_slot('\(Self.slot)')")
    }
}
