import BrainTestKit

/// One run of the load generator against a server.
struct FanRun: Sendable {
    let tools: FanTools
    let core: Int
    let plan: FanPlan

    /// What waits for a client whose receive buffer is full: the kernel takes 16 KiB that it can't send.
    private static let fullSocketBytes = 8 << 10

    /// Runs it to its end.
    ///
    /// - Parameter server: listens.
    /// - Returns: what the load generator found, and how many of the server's sockets were full at the end; nil where none
    ///   of the clients was to stall.
    /// - Throws: where the load generator says nothing, as when it has no connection.
    func run(against server: ContestantServer) async throws -> (result: FanResult, fullSockets: Int?) {
        let output = try ScratchFile()
        let arguments = self.plan.arguments(port: server.port, server: server.pid)
        let fan = try ProgramProcess(
            "taskset",
            ["-c", "\(self.core)", self.tools.fan] + arguments,
            output: output.handle,
            errors: try ScratchFile()
        )
        do {
            let line = try await self.line(of: fan, in: output)
            let full = self.plan.stalled > 0 ? self.fullSockets(of: server) : nil
            await fan.stop()
            return (try FanResult.parse(line), full)
        } catch {
            await fan.stop()
            throw error
        }
    }

    /// It says one line, and then may stay with its connections open.
    private func line(of fan: ProgramProcess, in output: ScratchFile) async throws -> String {
        while true {
            let hasEnded = fan.hasEnded
            let text = output.text
            if text.hasSuffix("\n") { return text }
            guard !hasEnded else { throw fan.failure }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func fullSockets(of server: ContestantServer) -> Int {
        let table = Kernel.contents(of: "/proc/net/tcp")
        return SocketTable.waiting(atPort: server.port, bytes: Self.fullSocketBytes, in: table)
    }
}
