import BrainTestKit
import Foundation

/// The writers: `pgbench`, each transaction one UPDATE of a run by its primary key.
struct WriterLoad: Sendable {
    let writers: Int
    let commit: CommitMode
    let seconds: Int

    /// What pgbench counted.
    struct Outcome: Sendable {
        let tps: Double
        let transactions: Int
    }

    /// Mostly the progress, one time in twenty the status too.
    private static func script(runs: Int) -> String {
        """
        \\set run random(1, \(runs))
        \\set progress random(1, 100000)
        \\set pick random(1, 20)
        \\if :pick = 1
        UPDATE runs SET status = CASE status WHEN 'running' THEN 'queued' ELSE 'running' END, progress = :progress \
        WHERE id = 'run-' || :run;
        \\else
        UPDATE runs SET progress = :progress WHERE id = 'run-' || :run;
        \\endif

        """
    }

    /// Writes for the time that is set.
    func run(on site: BenchSite) async throws -> Outcome {
        let text = try await ProgramProcess.output(
            of: "pgbench",
            [
                "-n", "-M", "prepared", "-c", "\(self.writers)", "-j", "\(min(self.writers, 2))",
                "-T", "\(self.seconds)", "-f", "-", site.conninfo,
            ],
            environment: ["PGOPTIONS": "-c synchronous_commit=\(self.commit.rawValue)"],
            input: try ScratchFile(Self.script(runs: site.runs))
        )
        guard let tps = Self.number(after: "tps = ", in: text),
            let count = Self.number(after: "number of transactions actually processed: ", in: text)
        else { throw BenchError.notUnderstood(program: "pgbench", said: text) }
        return Outcome(tps: tps, transactions: Int(count))
    }

    private static func number(after key: String, in text: String) -> Double? {
        guard let start = text.range(of: key)?.upperBound else { return nil }
        return Double(text[start...].prefix { $0.isNumber || $0 == "." })
    }
}
