import Glibc
import Testing

@testable import Postgres

/// What a private server does with files before any process runs.
struct ServerFilesTests {
    @Test func `refuses a directory that holds something else and leaves it as it was`() async throws {
        try await withDirectory { directory in
            try FileSystem.makeDirectory(directory + "/data/letters", mode: 0o755)
            let error = #expect(throws: PrivateServerError.self) { try DataDirectory(directory + "/data") }
            #expect(
                error
                    == .directoryUnwritable(
                        path: directory + "/data",
                        reason: "it holds other files; name a new or empty directory"
                    )
            )
            #expect(try #require(FileStatus(directory + "/data")).mode & 0o777 == 0o755)
        }
    }

    @Test(.enabled(if: geteuid() == 0)) func `refuses a directory that the server's user can't reach`() async throws {
        try await withDirectory { directory in
            chmod(directory, 0o700)
            let error = #expect(throws: PrivateServerError.self) { try DataDirectory(directory + "/data") }
            let description = try #require(error).description
            #expect(description.contains("may not enter \(directory); name a directory outside"))
        }
    }

    @Test func `says why a directory can't be made`() async throws {
        try await withDirectory { directory in
            try FileSystem.write("", to: directory + "/file", for: self.oneself)
            #expect(
                throws: PrivateServerError.directoryUnwritable(
                    path: directory + "/file/data",
                    reason: "Not a directory"
                )
            ) {
                try DataDirectory(directory + "/file/data")
            }
        }
    }

    @Test func `removes a tree without following its links`() async throws {
        try await withDirectory { directory in
            try FileSystem.makeDirectory(directory + "/kept", mode: 0o700)
            try FileSystem.write("x", to: directory + "/kept/file", for: self.oneself)
            try FileSystem.makeDirectory(directory + "/tree/inner/deep", mode: 0o700)
            try FileSystem.write("x", to: directory + "/tree/inner/file", for: self.oneself)
            #expect(symlink(directory + "/kept", directory + "/tree/link") == 0)
            try FileSystem.removeTree(directory + "/tree")
            #expect(FileSystem.names(in: directory) == ["kept"])
            #expect(FileSystem.text(of: directory + "/kept/file") == "x")
            try FileSystem.removeTree(directory + "/tree")
        }
    }

    @Test func `prefers the release that made the cluster, else the newest that is whole`() async throws {
        try await withDirectory { root in
            for release in ["9.6", "15", "17", "readme"] {
                try FileSystem.makeDirectory("\(root)/\(release)/bin", mode: 0o755)
            }
            for program in ["9.6/bin/initdb", "9.6/bin/postgres", "15/bin/initdb", "15/bin/postgres", "17/bin/initdb"] {
                try FileSystem.write("#!", to: "\(root)/\(program)", for: self.oneself)
                chmod("\(root)/\(program)", 0o755)
            }
            #expect(ServerPrograms.packaged(under: root, release: nil)?.directory == "\(root)/15/bin")
            #expect(ServerPrograms.packaged(under: root, release: "9.6")?.directory == "\(root)/9.6/bin")
            #expect(ServerPrograms.packaged(under: root, release: "17")?.directory == "\(root)/15/bin")
            #expect(ServerPrograms.packaged(under: root + "/none", release: nil) == nil)
        }
    }

    @Test func `keeps the log below its limit and the end of it at hand`() async throws {
        try await withDirectory { directory in
            let line = Array(String(repeating: "x", count: 1023).utf8) + [UInt8(ascii: "\n")]
            var log = ServerLog(in: directory)
            for _ in 0..<(20 << 10) {
                log.append(line)
            }
            log.append(Array("FATAL:  first\n\nLOG:  last\n".utf8))
            #expect(log.tail.lines(2) == "FATAL:  first; LOG:  last")
            #expect(FileSystem.names(in: directory).sorted() == ["server.log", "server.log.1"])
            for name in ["server.log", "server.log.1"] {
                var status = stat()
                #expect(stat("\(directory)/\(name)", &status) == 0 && (1...(8 << 20)).contains(status.st_size))
            }
        }
    }

    @Test func `takes the next port where one is taken or about to be`() throws {
        let first = try #require(PortChoice.firstFree(from: 55300))
        let second = try #require(PortChoice.firstFree(from: first.port))
        #expect(second.port > first.port)
        #expect(PortChoice.firstFree(from: 65535).map { $0.port == 65535 } ?? true)
    }

    private var oneself: ServerUser { ServerUser(name: "", userID: geteuid(), groupID: getegid()) }
}
