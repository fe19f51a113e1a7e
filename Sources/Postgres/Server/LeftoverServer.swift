import Glibc

/// The server that a killed process left behind on a cluster.
///
/// A process belongs to it when its program is `postgres` and its working directory the cluster (proc(5)), so a pid
/// that was given to something else since is never signalled.
struct LeftoverServer {
    let cluster: String

    /// Ends every process of the cluster, and removes a `postmaster.pid` that names none: PostgreSQL would refuse to
    /// start where that pid belongs to any process of the same user.
    ///
    /// - Parameter deadline: how long a fast shutdown may take before it becomes an immediate one.
    /// - Throws: ``PrivateServerError/inUse(pid:)`` where a process outlives even SIGKILL.
    func end(deadline: Duration) async throws(PrivateServerError) {
        let processes = self.processes()
        if let postmaster = self.postmaster, processes.contains(postmaster) {
            kill(postmaster, SIGINT)
            await self.waitForEnd(atMost: deadline)
        }
        await self.signal(SIGQUIT)
        await self.signal(SIGKILL)
        guard self.processes().isEmpty else {
            throw .inUse(pid: self.postmaster)
        }
        unlink(self.cluster + "/postmaster.pid")
    }

    /// The pid in the first line of postmaster.pid.
    private var postmaster: Int32? {
        let text = FileSystem.text(of: self.cluster + "/postmaster.pid")
        return text?.split(whereSeparator: \.isNewline).first.flatMap { Int32($0) }
    }

    private func signal(_ number: Int32) async {
        for process in self.processes() {
            kill(process, number)
        }
        await self.waitForEnd(atMost: .seconds(6))
    }

    /// Looks every 20 ms: the end of a process that is no child makes no event.
    private func waitForEnd(atMost limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        while !self.processes().isEmpty, .now < deadline {
            // A cancelled task doesn't sleep, and goes on to the harder signal.
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else {
                return
            }
        }
    }

    private func processes() -> [Int32] {
        FileSystem.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
            Self.link("/proc/\(pid)/cwd") == self.cluster
                && Self.link("/proc/\(pid)/exe")?.split(separator: "/").last?.hasPrefix("postgres") ?? false
        }
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
