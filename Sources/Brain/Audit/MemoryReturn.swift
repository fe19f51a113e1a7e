/// When the allocator is told to give back what it keeps free.
///
/// glibc keeps most of what was freed: each storm would leave its peak behind, and what grows for another reason would be
/// hidden below it. Giving back costs some milliseconds for 100 MiB, in which other threads may wait to allocate; so it
/// is done only where there is something to be had. Pure.
struct MemoryReturn: Sendable {
    /// What the process must hold beyond what it held after the last time, in bytes.
    static let growth = 512 << 10

    private var least: Int?

    /// Whether it is worth it; the first time it always is: what the start took is free by then.
    ///
    /// - Parameter resident: what the process holds now, in bytes.
    /// - Returns: false also where it holds less than ever after giving back, which is the new measure.
    mutating func isDue(resident: Int) -> Bool {
        guard let least = self.least else { return true }
        self.least = min(least, resident)
        return resident - min(least, resident) > Self.growth
    }

    /// Takes down what the process holds after giving back, in bytes.
    mutating func gaveBack(resident: Int) {
        self.least = resident
    }
}
