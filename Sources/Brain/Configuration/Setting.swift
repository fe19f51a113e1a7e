/// One thing that can be set: its names, its default and its meaning, and how it gets into a configuration.
///
/// ``all`` is the one table that reading, checking, `--help` and `Docs/Configuration.md` come from.
package struct Setting: Sendable {
    /// The flag without its dashes, which is the key in a file too.
    package let name: String
    /// Whether a flag and a file can set it; the others are for the environment alone.
    package let hasFlag: Bool
    /// The environment's name for it.
    package let environment: String
    /// Names in the environment that set it, to an empty value, when `environment` doesn't.
    package let impliedBy: [String]
    /// Whether it takes several values: the flag again and again, a list in a file, commas in the environment.
    package let takesSeveral: Bool
    /// What stands for a value in `--help`.
    package let placeholder: String
    /// What a value has to be, as it goes after "is not".
    package let fits: String
    /// The default in words.
    package let defaultText: String
    /// What it does and what happens at it, with the unit, as `--help` and the documentation say it.
    package let meaning: String
    /// A sentence about what is read and checked but has no effect in this release; nil where all has.
    package let remark: String?
    /// Whether a value may hold a password and is never shown.
    let isSecret: Bool
    /// Puts the values into a configuration and returns those that don't fit.
    let apply: @Sendable (_ values: [String], _ configuration: inout Configuration) -> [String]
}

/// A place in the configuration that can be handed between tasks.
typealias Place<Value> = any WritableKeyPath<Configuration, Value> & Sendable

extension Setting {
    /// A setting of one value; the default is the one that `Configuration()` has at `place`.
    static func one<Value>(
        _ name: String,
        _ environment: String,
        _ place: Place<Value>,
        _ kind: ValueKind<Value>,
        _ meaning: String,
        hasFlag: Bool = true,
        defaultNote: String = "",
        remark: String? = nil
    ) -> Setting {
        one(
            name,
            environment,
            kind,
            hasFlag: hasFlag,
            default: kind.text(Configuration()[keyPath: place]) + defaultNote,
            meaning: meaning,
            remark: remark
        ) { value, configuration in
            configuration[keyPath: place] = value
        }
    }

    /// A setting of one value that goes where `put` says.
    static func one<Value>(
        _ name: String,
        _ environment: String,
        _ kind: ValueKind<Value>,
        impliedBy: [String] = [],
        hasFlag: Bool = true,
        isSecret: Bool = false,
        default defaultText: String,
        meaning: String,
        remark: String? = nil,
        put: @escaping @Sendable (Value, inout Configuration) -> Void
    ) -> Setting {
        Setting(
            name: name,
            hasFlag: hasFlag,
            environment: environment,
            impliedBy: impliedBy,
            takesSeveral: false,
            placeholder: kind.placeholder,
            fits: kind.fits,
            defaultText: defaultText,
            meaning: meaning,
            remark: remark,
            isSecret: isSecret
        ) { texts, configuration in
            // The last of several flags counts, as with most commands; each has to fit all the same.
            for value in texts.compactMap(kind.parse) { put(value, &configuration) }
            return texts.filter { kind.parse($0) == nil }
        }
    }

    /// A setting of several values, by default none.
    static func several<Value>(
        _ name: String,
        _ environment: String,
        _ place: Place<[Value]>,
        _ kind: ValueKind<Value>,
        _ meaning: String
    ) -> Setting {
        Setting(
            name: name,
            hasFlag: true,
            environment: environment,
            impliedBy: [],
            takesSeveral: true,
            placeholder: kind.placeholder,
            fits: kind.fits,
            defaultText: "none",
            meaning: meaning,
            remark: nil,
            isSecret: false
        ) { texts, configuration in
            configuration[keyPath: place] = texts.compactMap(kind.parse)
            return texts.filter { kind.parse($0) == nil }
        }
    }
}
