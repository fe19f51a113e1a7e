import ArgumentParser
import Brain

extension ArgumentHelp {
    /// The help of the flag that sets `name`: what the table of settings says.
    static func setting(_ name: String) -> ArgumentHelp {
        guard let setting = Setting.named(name) else { return ArgumentHelp() }
        return ArgumentHelp(
            HelpTexts.meaning(setting),
            discussion: HelpTexts.origins(setting),
            valueName: setting.placeholder
        )
    }
}

/// What `--help` says about settings beside their names.
enum HelpTexts {
    /// The settings that have no flag.
    static var environmentOnly: String {
        let lines = Setting.all.filter { !$0.hasFlag }.map { "\($0.environment): \(meaning($0)).\(remark($0))" }
        return "In the environment alone: " + lines.joined(separator: " ")
    }

    static func meaning(_ setting: Setting) -> String {
        setting.meaning + (setting.takesSeveral ? " (may be repeated)" : "")
    }

    static func origins(_ setting: Setting) -> String {
        let names = ([setting.environment] + setting.impliedBy).joined(separator: ", else libpq's ", after: 1)
        return "Default: \(setting.defaultText). Environment: \(names)." + remark(setting)
    }

    private static func remark(_ setting: Setting) -> String {
        setting.remark.map { " " + $0 } ?? ""
    }
}

extension [String] {
    /// The first `count` elements and the others, each joined by commas, with `separator` between the two.
    fileprivate func joined(separator: String, after count: Int) -> String {
        [self.prefix(count), self.dropFirst(count)].filter { !$0.isEmpty }
            .map { $0.joined(separator: ", ") }.joined(separator: separator)
    }
}
