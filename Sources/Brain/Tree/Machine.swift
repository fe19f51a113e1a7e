import Glibc

/// The machine that the daemon runs on.
package enum Machine {
    /// The names by which it calls itself: as the kernel has it, and without the domain.
    package static var names: [String] {
        var text = [CChar](repeating: 0, count: 256)
        guard gethostname(&text, text.count - 1) == 0 else { return [] }
        let name = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let label = String(name.prefix { $0 != "." })
        return name == label ? [name] : [name, label]
    }
}
