/// Why a measurement can't go on.
enum BenchError: Error, CustomStringConvertible {
    /// Something of others that a measurement needs, and what to do about it.
    case needs(String, remedy: String)
    /// What was waited for didn't come.
    case late(String)
    /// Brain captures in another way than it was told to, which would be measured under a false name.
    case captures(by: String, wanted: String)
    /// The system gave no descriptor, or the like.
    case system(String, errno: Int32)
    /// The client's session was ended by Brain.
    case clientClosed(code: UInt16)
    /// A program that says something else than it should.
    case notUnderstood(program: String, said: String)
    /// A file of thresholds that would be no verdict.
    case thresholds(String)

    var description: String {
        switch self {
        case .needs(let what, let remedy): "\(what) isn't there: \(remedy)"
        case .late(let what): "this didn't come in time: \(what)"
        case .captures(let name, let wanted): "Brain captures by \(name), not by \(wanted)"
        case .system(let call, let number): "\(call) failed with errno \(number)"
        case .clientClosed(let code): "Brain closed the client's session with \(code)"
        case .notUnderstood(let program, let said): "\(program) said what isn't understood: \(said.suffix(600))"
        case .thresholds(let why): "the thresholds are of no use: \(why)"
        }
    }
}
