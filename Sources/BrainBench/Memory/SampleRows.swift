import Runs

/// Rows as a `runs` table in life has them, made from their number: the same each time.
enum SampleRows {
    /// How many are made at once, as a look at the table takes them.
    static let pieceSize = 2000

    /// One in twenty runs is active, one in fifty failed.
    static func row(_ number: Int) -> RunRow {
        var row = RunRow(id: Self.uuid(number), status: Self.status(number), progress: "\(number % 101)")
        row.taskID = "task-\(number / 10)"
        row.agent = "agent-\(number % 40)"
        row.startedAt = "2026-02-\(Self.two(number % 28 + 1)) \(Self.time(number)).123456+00"
        if row.status != "running" { row.completedAt = "2026-02-\(Self.two(number % 28 + 1)) 23:59:59.5+00" }
        if row.status == "failed" { row.error = "exit status 1: the build failed in step \(number % 9) of 12" }
        return row
    }

    /// Calls `body` with all rows, piece by piece.
    static func forEachPiece(of count: Int, _ body: ([RunRow]) throws -> Void) throws {
        for start in stride(from: 0, to: count, by: Self.pieceSize) {
            try Task.checkCancellation()
            try body((start..<min(start + Self.pieceSize, count)).map(Self.row))
        }
    }

    private static func status(_ number: Int) -> String {
        if number % 20 == 0 { return "running" }
        return number % 50 == 1 ? "failed" : "completed"
    }

    private static func uuid(_ number: Int) -> String {
        let digits = String(UInt64(number) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
        let hex = String(repeating: "0", count: 16 - digits.count) + digits
        return
            "0190c4e2-\(hex.prefix(4))-7\(hex.dropFirst(4).prefix(3))-8\(hex.dropFirst(7).prefix(3))-00\(hex.suffix(10))"
    }

    private static func time(_ number: Int) -> String {
        "\(Self.two(number / 3600 % 24)):\(Self.two(number / 60 % 60)):\(Self.two(number % 60))"
    }

    private static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
