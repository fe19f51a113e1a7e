/// One thing that a committed transaction did to the table, as a stream of changes tells it.
package enum RunChange: Sendable, Equatable {
    /// A run is there, or is another than it was.
    case row(RunRow)
    /// A run is gone.
    case gone(String)
    /// All runs are gone.
    case cleared
}
