import Brain

/// Brain's fan-out beside others': rounds in which all follow one another under the same load.
struct CompareBench: Sendable {
    let tools: FanTools
    let cores: CorePair
    let rounds: Int
    let seconds: Int
    let cells: [CompareCell]
    let thresholds: Thresholds

    /// What a server and the load generator need beside their clients.
    private static let reservedDescriptors = 64

    func run() async throws -> CompareReport {
        let machine = MachineFacts.now()
        // The programs that are started inherit it.
        let clients = Descriptors.raiseLimit() - Self.reservedDescriptors
        var samples: [FanSample] = []
        for round in 0..<self.rounds {
            for trial in self.trials(round) {
                ReportOptions.progress("round \(round + 1) of \(self.rounds): \(trial.title)")
                samples.append(try await self.sample(trial, round: round, clients: clients))
            }
        }
        return CompareReport(self.setting(machine), self.cells, samples, self.thresholds)
    }

    private func trials(_ round: Int) -> [Trial] {
        CompareCell.heats(of: self.cells).flatMap { Heat.rotated($0.trials(self.tools.contestants), round: round) }
    }

    private func sample(_ trial: Trial, round: Int, clients: Int) async throws -> FanSample {
        let plan = trial.load.plan(seconds: self.seconds).limited(toClients: clients)
        let run = FanRun(tools: self.tools, core: self.cores.client, plan: plan)
        let (result, full) = try await ContestantServer.with(
            trial,
            of: self.tools,
            onCore: self.cores.server,
            run.run
        )
        return FanSample(trial: trial, round: round, plan: plan, result: result, fullSockets: full)
    }

    private func setting(_ machine: MachineFacts) -> CompareSetting {
        CompareSetting(
            machine: machine,
            rounds: self.rounds,
            seconds: self.seconds,
            remarks: [self.cores.remark] + self.tools.remarks
        )
    }
}
