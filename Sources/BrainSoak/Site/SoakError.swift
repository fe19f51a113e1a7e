/// Why a soak can't go on.
enum SoakError: Error, CustomStringConvertible {
    /// The daemon ended before clients could come.
    case daemonDidNotStart(String)
    /// What was waited for didn't come.
    case late(String)
    /// The daemon answered a request of the soak's otherwise than it should.
    case answered(Int, to: String, body: String)
    /// A fault found nobody whom it could befall.
    case hitNothing(String)

    var description: String {
        switch self {
        case .daemonDidNotStart(let said): "brain did not start: \(said.suffix(600))"
        case .late(let what): "this didn't come in time: \(what)"
        case .hitNothing(let what): "there was no \(what) that it could hit"
        case .answered(let status, let request, let body): "\(request) was answered with \(status): \(body.prefix(300))"
        }
    }
}
