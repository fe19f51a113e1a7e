import BrainTestKit
import Foundation
import Glibc

/// Ends the daemon when the soak is gone, however it went: also by SIGKILL, and also one that was stopped by SIGSTOP.
///
/// A shell reads a pipe that this process alone can write to: its end ends the pipe. It has no child of its own, which
/// would keep Foundation from noticing its end.
final class DaemonGuard: Sendable {
    /// The daemon has 20 s to end by itself; whoever doesn't is killed.
    private static let script = """
        read -r line; kill -CONT $1; kill -TERM $1
        for second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 $1 || exit 0; sleep 1; done
        kill -KILL $1
        """

    private let shell: ProgramProcess
    /// Kept for its write end's sake.
    private let lifeline: Int32

    /// - Parameter pid: the daemon's.
    /// - Throws: where there is no pipe, or no shell.
    init(of pid: Int32) throws {
        let pipe = Pipe()
        self.lifeline = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_DUPFD_CLOEXEC, 0)
        guard self.lifeline >= 0 else { throw ProgramError.system("fcntl", errno: errno) }
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        self.shell = try ProgramProcess(
            "sh",
            ["-c", Self.script, "sh", "\(pid)"],
            input: pipe,
            errors: FileHandle.nullDevice
        )
        try pipe.fileHandleForWriting.close()
    }

    deinit {
        close(self.lifeline)
    }

    /// Lets the daemon be: it has ended.
    func dismiss() async {
        self.shell.order(SIGKILL)
        await self.shell.stop()
    }
}
