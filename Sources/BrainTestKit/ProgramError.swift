/// Why a program could not be run, or ended otherwise than it should.
package enum ProgramError: Error, CustomStringConvertible {
    /// It isn't where it belongs.
    case missing(String)
    /// It ended with another status than 0.
    case failed(program: String, status: Int32, said: String)
    /// The system gave no descriptor, or the like.
    case system(String, errno: Int32)

    /// In words, with the end of what the program said.
    package var description: String {
        switch self {
        case .missing(let path): "\(path) isn't there: `swift build` makes brain, `scripts/setup` installs PostgreSQL"
        case .failed(let program, let status, let said): "\(program) ended with \(status): \(said.suffix(600))"
        case .system(let call, let number): "\(call) failed with errno \(number)"
        }
    }
}
