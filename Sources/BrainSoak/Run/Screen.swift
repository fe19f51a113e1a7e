import Foundation
import Glibc

/// Where a person watches: standard output.
///
/// On a terminal the line of progress is written over each second; elsewhere there is a new one each 10 s, or each
/// minute in a run of over an hour.
struct Screen: Sendable {
    private let isTerminal = isatty(STDOUT_FILENO) == 1

    /// Says something that stays.
    func say(_ text: String) {
        self.write((self.isTerminal ? Self.clearLine : "") + text + "\n")
    }

    /// Says how far the run is.
    func show(_ line: ProgressLine, second: Int) {
        if self.isTerminal {
            self.write(Self.clearLine + line.text(columns: self.columns - 1))
        } else if second.isMultiple(of: line.totalSeconds > 3600 ? 60 : 10) {
            self.write(line.text() + "\n")
        }
    }

    /// ANSI X3.64: to the beginning of the line, and it is erased.
    private static let clearLine = "\r\u{1B}[K"

    private var columns: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 120 }
        return Int(size.ws_col)
    }

    private func write(_ text: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}
