/// Where a value was set.
package enum SettingSource: Sendable, Equatable {
    /// On the command line, by the flag of that name (without its dashes).
    case flag(String)
    /// By that name in the environment.
    case environment(String)
    /// Under a key of a file.
    case file(path: String, key: String)
}

extension SettingSource: CustomStringConvertible {
    /// The source as a user names it: `--port`, `BRAIN_PORT in the environment`, `port in brain.yaml`.
    package var description: String {
        switch self {
        case .flag(let name): "--\(name)"
        case .environment(let name): "\(LogText.shown(name)) in the environment"
        case .file(let path, let key): "\(LogText.shown(key)) in \(LogText.shown(path))"
        }
    }
}

/// One thing that is wrong with what was set.
package enum ConfigurationFault: Sendable, Equatable {
    /// A value of a known setting isn't what it has to be; `value` is nil where it may hold a password.
    case misfit(source: SettingSource, value: String?, fits: String)
    /// A list or a mapping stands in a file where it can't.
    case shape(source: SettingSource, wanted: String)
    /// There is no such setting; `nearest` is a name that was likely meant.
    case unknown(source: SettingSource, nearest: String?)
    /// The file can't be read, or isn't YAML or JSON with settings at its top level.
    case file(path: String, problem: String)
}

extension ConfigurationFault: CustomStringConvertible {
    /// One line that says where it was set, what is wrong and what would fit, without a password.
    package var description: String {
        switch self {
        case .misfit(let source, let value, let fits):
            "\(source): \(value.map(Self.quoted) ?? "the value (not shown)") is not \(fits)"
        case .shape(let source, let wanted):
            "\(source): what stands there is built another way; \(wanted) fits"
        case .unknown(let source, let nearest):
            "\(source): no such setting; "
                + (nearest.map { "did you mean \($0)?" } ?? "`brain serve --help` lists all of them")
        case .file(let path, let problem):
            "\(LogText.shown(path)): \(problem)"
        }
    }

    private static func quoted(_ value: String) -> String {
        value.isEmpty ? "an empty value" : "\"\(LogText.shown(value))\""
    }
}

/// All that is wrong with what was set, at once.
package struct ConfigurationFaults: Error, Sendable, Equatable {
    /// At least one: the file's as a whole, then by setting in the table's order, then unknown names.
    package let faults: [ConfigurationFault]
}

/// Something about what was set that is passed over, but said.
package enum ConfigurationWarning: Sendable, Equatable {
    /// Kubernetes sets this name for a service called `brain`; it is no setting.
    case kubernetesName(String)
}
