/// The processor cores that this process may run on.
enum Cores {
    /// Reads a list as the kernel writes it.
    ///
    /// - Parameter list: such as `0-2,5`.
    /// - Returns: the cores' numbers; what isn't a list has none.
    static func parse(_ list: some StringProtocol) -> [Int] {
        list.split(separator: ",").flatMap { part -> [Int] in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return [] }
            return Array(first...last)
        }
    }

    /// Those of this process; just the first one where the kernel doesn't say.
    static var allowed: [Int] {
        let cores = Self.parse(Kernel.text("Cpus_allowed_list"))
        return cores.isEmpty ? [0] : cores
    }
}
