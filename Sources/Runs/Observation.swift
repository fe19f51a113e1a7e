/// What came of a row.
package enum Observation: Sendable, Equatable {
    /// Nothing new.
    case unchanged
    /// A message will be made, now or later, unless the run goes back to what it was before that.
    case changed
    /// Nothing was made: contract §3.3 doesn't know the word, or it is NULL. One warning per word is the caller's.
    case unknownStatus(word: String?)
    /// Nothing was made: the row leaves out what is unchanged of a run that isn't known. The table has to be looked at.
    case incomplete
}
