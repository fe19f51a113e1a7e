import Glibc

/// A configuration that is free of faults, and what was passed over on the way to it.
package struct ConfigurationReading: Sendable {
    /// What was set, and the defaults for the rest.
    package let configuration: Configuration
    /// What is said before the start, in the order of the names.
    package let warnings: [ConfigurationWarning]
}

extension Configuration {
    /// Puts together what was set: a flag wins over the environment, the environment over the file, the file over
    /// the default.
    ///
    /// A value is checked wherever it was set, even where another one wins over it. An empty value in the environment
    /// is none; on the command line and in a file it is a fault.
    ///
    /// - Parameters:
    ///   - flags: The values of each flag by its name without dashes, in the order of the command line.
    ///   - environment: The whole environment of the process; names that are not Brain's are passed over.
    ///   - file: The file that `--config` names, if it was given.
    ///   - isRoot: Whether the process is root's, whose embedded database lives in `/var/lib/brain`.
    /// - Returns: The configuration, with warnings.
    /// - Throws: All faults at once.
    package static func read(
        flags: [String: [String]],
        environment: [String: String],
        file: ConfigurationFile? = nil,
        isRoot: Bool = geteuid() == 0
    ) throws(ConfigurationFaults) -> ConfigurationReading {
        var reader = ConfigurationReader(flags: flags, environment: environment, file: file)
        if isRoot { reader.configuration.database = .embedded(dataDirectory: "/var/lib/brain") }
        reader.readSettings()
        reader.findUnknownNames()
        guard reader.faults.isEmpty else { throw ConfigurationFaults(faults: reader.faults) }
        return ConfigurationReading(configuration: reader.configuration, warnings: reader.warnings)
    }
}

/// Goes through the table, from the source that yields to the one that wins, and gathers every fault.
private struct ConfigurationReader {
    var configuration = Configuration()
    private(set) var faults: [ConfigurationFault] = []
    private(set) var warnings: [ConfigurationWarning] = []
    private let flags: [String: [String]]
    private let environment: [String: String]
    private let file: (path: String, settings: FileSettings)?

    init(flags: [String: [String]], environment: [String: String], file: ConfigurationFile?) {
        self.flags = flags
        self.environment = environment.filter { !Self.isFromKubernetes($0.key, $0.value) }
        self.file = file.map { ($0.path, FileSettings($0)) }
        self.faults = self.file?.settings.faults ?? []
        self.warnings = environment.filter { Self.isFromKubernetes($0.key, $0.value) }.keys.sorted()
            .map(ConfigurationWarning.kubernetesName)
    }

    mutating func readSettings() {
        for setting in Setting.all {
            if let file = self.file, let values = file.settings.values[setting.name] {
                self.take(values, for: setting, from: .file(path: file.path, key: setting.name))
            }
            self.takeEnvironment(for: setting)
            if let values = self.flags[setting.name] { self.take(values, for: setting, from: .flag(setting.name)) }
        }
    }

    /// A name that begins with `BRAIN_` and isn't a setting's was meant for Brain and would have no effect.
    mutating func findUnknownNames() {
        let known = Setting.all.map(\.environment)
        for name in self.environment.keys.sorted() where name.hasPrefix(Self.prefix) && !known.contains(name) {
            self.faults.append(.unknown(source: .environment(name), nearest: Self.meant(by: name, among: known)))
        }
    }

    private static let prefix = "BRAIN_"

    /// Compares what follows the prefix: every name has that in common, but for `DATABASE_URL`.
    private static func meant(by name: String, among known: [String]) -> String? {
        let suffix = { (name: String) in name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name }
        let meant = nearest(to: suffix(name), of: known.map(suffix))
        return known.first { suffix($0) == meant }
    }

    private mutating func takeEnvironment(for setting: Setting) {
        if let text = self.environment[setting.environment], !text.isEmpty {
            let values = setting.takesSeveral ? Self.elements(text) : [text]
            self.take(values, for: setting, from: .environment(setting.environment))
        } else if setting.impliedBy.contains(where: { self.environment[$0]?.isEmpty == false }) {
            _ = setting.apply([""], &self.configuration)
        }
    }

    private mutating func take(_ values: [String], for setting: Setting, from source: SettingSource) {
        let empty = values.filter(\.isEmpty)
        let misfits = empty + setting.apply(values.filter { !$0.isEmpty }, &self.configuration)
        self.faults += misfits.map { value in
            .misfit(source: source, value: setting.isSecret && !value.isEmpty ? nil : value, fits: setting.fits)
        }
    }

    private static func elements(_ text: String) -> [String] {
        text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    /// What Kubernetes sets for a service called `brain`: its address, and the form that Docker's links had.
    ///
    /// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
    private static func isFromKubernetes(_ name: String, _ value: String) -> Bool {
        name.hasPrefix("BRAIN_SERVICE_") || name.hasPrefix("BRAIN_PORT_")
            || (name == "BRAIN_PORT" && value.hasPrefix("tcp://"))
    }
}
