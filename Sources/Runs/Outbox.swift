/// The frames made, in order, until every shard has acknowledged them.
struct Outbox: Sendable {
    private var frames = Queue<RunFrame>()
    private var acknowledged: [Int: UInt64] = [:]

    /// The number of the newest frame ever made; 0 before the first.
    private(set) var lastNumber: UInt64 = 0
    /// The messages kept, in bytes.
    private(set) var bytes = 0

    /// How many frames are kept.
    var count: Int { self.frames.count }

    /// The number of the newest frame that isn't kept any more, or never was.
    private var numberBefore: UInt64 { self.lastNumber - UInt64(self.frames.count) }

    /// Adds a frame with the next number.
    mutating func append(runID: String, isTerminal: Bool, message: [UInt8]) {
        self.lastNumber += 1
        self.bytes += message.count
        self.frames.append(
            RunFrame(number: self.lastNumber, runID: runID, isTerminal: isTerminal, message: message)
        )
    }

    /// The frames kept whose number is above `number`, oldest first.
    func frames(after number: UInt64) -> [RunFrame] {
        guard number < self.lastNumber else { return [] }
        return self.frames.suffix(from: Int(max(number, self.numberBefore) - self.numberBefore))
    }

    /// Counts on a shard from here on: it is owed all that is kept; known already, it stays where it was.
    mutating func register(shard: Int) -> UInt64 {
        let number = self.acknowledged[shard] ?? self.numberBefore
        self.acknowledged[shard] = number
        return number
    }

    /// Drops what now every shard has acknowledged; a number of the past or of an unknown shard changes nothing.
    mutating func acknowledge(shard: Int, through number: UInt64) {
        guard let last = self.acknowledged[shard], number > last else { return }
        self.acknowledged[shard] = min(number, self.lastNumber)
        let everywhere = self.acknowledged.values.min() ?? 0
        while self.numberBefore < everywhere, let frame = self.frames.popFirst() {
            self.bytes -= frame.message.count
        }
    }

    /// Drops all frames; numbers go on.
    mutating func drop() {
        self.frames = Queue()
        self.bytes = 0
    }
}
