import Foundation

/// Where a run leaves its report: `brain-soak-20260206-013000`, by the UTC of its start, below the working directory.
struct ReportFolder: Sendable {
    /// The folder's path.
    let path: String

    /// Starts within one second, at most.
    private static let mostNames = 100

    /// Makes the folder; where one of the name is there, with -2, -3, … behind it.
    ///
    /// - Parameters:
    ///   - parent: the folder below which it is made.
    ///   - start: when the run began.
    /// - Throws: why it can't be made.
    init(below parent: String = FileManager.default.currentDirectoryPath, start: Date) throws {
        let name = "brain-soak-" + Self.stamp(start)
        for number in 1...Self.mostNames {
            let path = "\(parent)/\(name)" + (number > 1 ? "-\(number)" : "")
            guard try Self.make(path) else { continue }
            self.path = path
            return
        }
        throw CocoaError(.fileWriteFileExists)
    }

    /// Writes report.json and report.html anew, each whole or not at all: a run that is killed leaves its last ones.
    ///
    /// - Parameter report: as it is to stand there, judged.
    /// - Throws: why it can't be written.
    func write(_ report: SoakReport) throws {
        try self.write(try report.json(), as: "report.json")
        try self.write(Data(HTMLReport(report).text.utf8), as: "report.html")
    }

    private func write(_ data: Data, as name: String) throws {
        // A temporary file beside it, then a rename.
        try data.write(to: URL(fileURLWithPath: "\(self.path)/\(name)"), options: .atomic)
    }

    /// Makes a folder, or finds that something of the name is there: so two runs never share one.
    private static func make(_ path: String) throws -> Bool {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            return true
        } catch CocoaError.fileWriteFileExists {
            return false
        }
    }

    private static func stamp(_ date: Date) -> String {
        let digits = date.formatted(.iso8601).filter(\.isNumber)
        return "\(digits.prefix(8))-\(digits.dropFirst(8).prefix(6))"
    }
}
