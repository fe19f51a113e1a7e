import Glibc
import Subprocess

/// Makes a cluster where there is none.
struct ClusterMaker {
    let directory: DataDirectory
    let programs: ServerPrograms
    let superuser: String

    /// Runs initdb beside the cluster's place and renames the result, so that an interrupted run is redone.
    func makeCluster() async throws(PrivateServerError) {
        guard FileStatus(self.directory.cluster) == nil else {
            return
        }
        let unfinished = self.directory.unfinishedCluster
        try FileSystem.removeTree(unfinished)
        try self.directory.makeDirectory(unfinished)
        try await self.runInitdb(in: unfinished)
        try FileSystem.check(rename(unfinished, self.directory.cluster), self.directory.cluster)
    }

    private func runInitdb(in cluster: String) async throws(PrivateServerError) {
        let configuration = self.programs.configuration(
            "initdb",
            // pg_hba.conf is written at each start; until then nobody comes in.
            ["-D", cluster, "-U", self.superuser, "-E", "UTF8", "--locale=\(Self.locale)", "--auth=reject"],
            in: cluster,
            as: self.directory.user
        )
        var tail = LineTail()
        do {
            let result = try await Subprocess.run(
                configuration,
                output: .discarded,
                error: .bytes(limit: 1 << 20)
            )
            guard !result.terminationStatus.isSuccess else {
                return
            }
            tail.append(result.standardError)
        } catch {
            throw .initFailed("\(error)")
        }
        throw .initFailed(tail.lines(1))
    }

    /// Sorts by code point in either; only C.UTF-8 knows letters beyond ASCII, and not every machine has it.
    private static var locale: String {
        guard let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) else {
            return "C"
        }
        freelocale(locale)
        return "C.UTF-8"
    }
}
