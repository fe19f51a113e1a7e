/// Finds out when a server that is starting accepts connections.
struct ServerProbe {
    private let address: ServerAddress
    private let thread: PollThread

    init(_ address: ServerAddress) throws(PrivateServerError) {
        self.address = address
        do throws(PostgresError) {
            self.thread = try PollThread(name: "pg-probe")
        } catch {
            throw .didNotStart(error.description)
        }
    }

    /// Tries every 20 ms, for as long as it takes: whatever the server answers but "starting up" will do.
    ///
    /// - Returns: false when the task was cancelled first. The probe is used up then, as it is afterwards.
    func waitUntilAccepting() async -> Bool {
        defer {
            self.thread.stop()
        }
        while await !self.isAccepting() {
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else {
                return false
            }
        }
        return !Task.isCancelled
    }

    private func isAccepting() async -> Bool {
        let target = self.address.adminTarget(database: "postgres")
        do throws(PostgresError) {
            let connection = try await Connection.open(target, on: self.thread, timeout: .seconds(5))
            await connection.close()
            return true
        } catch {
            switch error {
            case .unreachable, .connectionLost, .timedOut, .cancelled: return false
            default: return true
            }
        }
    }
}
