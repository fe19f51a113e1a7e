/// What a capture needs beside the table, and so what `brain migrate` puts in and leaves in.
///
/// A trigger costs each writer something even while it is silent (`Docs/Performance.md`), so nobody has to have one whose
/// capture doesn't use it.
package struct CaptureNeeds: Sendable, Equatable {
    /// For `notify`.
    package let trigger: Bool
    /// For `wal`.
    package let publication: Bool

    /// What every capture needs: whichever can be had is to have what it takes.
    package static let everything = CaptureNeeds(.auto)

    /// What one needs, or, for `auto`, all of them.
    package init(_ capture: CaptureChoice) {
        self.trigger = capture == .notify || capture == .auto
        self.publication = capture == .wal || capture == .auto
    }
}
