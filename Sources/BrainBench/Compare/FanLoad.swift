/// What the load generator does to a server.
///
/// The number in a name is that of the clients that are wanted.
enum FanLoad: String, CaseIterable, Encodable, Sendable {
    /// Clients that connect and wait.
    case idle = "idle-9000"
    case paced1000 = "paced-1000"
    case paced5000 = "paced-5000"
    /// As fast as it goes.
    case flood1000 = "flood-1000"
    case flood10000 = "flood-10000"
    /// ``stalled`` without those that stall.
    case calm = "calm-8910"
    /// One client in a hundred never reads.
    case stalled = "stalled-9000"
    /// ``failing`` without those that fail.
    case sound = "sound-1000"
    /// Forty sessions fail each second.
    case failing = "failing-1000"
    case few = "paced-100"
    case many = "paced-9000"

    /// Broadcasts a second where they are paced.
    static let pace = 20
    /// Broadcasts that are on their way at once where they aren't.
    static let window = 8
    /// Sessions that fail each second, all in turn: none a fourth time in 60 s, after which it would be closed.
    private static let failures = 40

    /// What is asked of the load generator.
    ///
    /// - Parameter seconds: how long is measured where the load has no need of more.
    /// - Returns: a plan for as many clients as are wanted.
    func plan(seconds: Int) -> FanPlan {
        switch self {
        case .idle: FanPlan(connections: 9000, seconds: 0.1, settle: 1.5, warmUp: 0)
        case .paced1000, .sound, .failing: FanPlan(connections: 1000, seconds: Double(seconds), sample: 4)
        case .paced5000: FanPlan(connections: 5000, seconds: Double(seconds))
        case .flood1000: FanPlan(connections: 1000, pace: .asFastAsItGoes, seconds: Double(seconds))
        case .flood10000: FanPlan(connections: 10_000, pace: .asFastAsItGoes, seconds: Double(seconds))
        case .calm: Self.withSmallBuffers(stalled: 0, seconds)
        case .stalled: Self.withSmallBuffers(stalled: 90, seconds)
        // The kernel counts processor time in ticks of 10 ms, and so few clients take little of it.
        case .few: FanPlan(connections: 100, seconds: Double(max(seconds, 12)))
        case .many: FanPlan(connections: 9000, seconds: Double(seconds))
        }
    }

    /// Options of `brain-bench fanout`, beside where it listens.
    var serverOptions: [String] { self == .failing ? ["--failing", "\(Self.failures)"] : [] }

    /// A stalled client's buffers are full before the warm-up ends, and Brain waits 10 s from then until it closes.
    private static func withSmallBuffers(stalled: Int, _ seconds: Int) -> FanPlan {
        var plan = FanPlan(connections: 8910, seconds: Double(min(max(seconds, 4), 7)), warmUp: 5)
        plan.stalled = stalled
        plan.receiveBuffer = 4096
        return plan
    }
}

/// A run of the load generator.
struct FanPlan: Equatable, Sendable {
    /// When the next message is published.
    enum Pace: Equatable, Sendable {
        case steady
        case asFastAsItGoes
    }

    /// Clients that read.
    var connections: Int
    /// Clients beside them that never do.
    var stalled = 0
    var pace = Pace.steady
    /// How long is measured.
    var seconds: Double
    /// Seconds without traffic before the memory of idle clients is read.
    var settle = 0.5
    /// Seconds of traffic that don't count.
    var warmUp = 1.0
    /// The latency of one in so many messages is measured.
    var sample = 16
    /// Bytes of each client's receive buffer; nil leaves it to the kernel.
    var receiveBuffer: Int?

    /// The same with no more clients than there are descriptors for.
    func limited(toClients most: Int) -> FanPlan {
        var plan = self
        plan.connections = max(1, min(self.connections, most - self.stalled))
        return plan
    }

    /// Options of `fan`.
    ///
    /// - Parameters:
    ///   - port: the server's, on loopback.
    ///   - server: the process whose time and memory are counted.
    /// - Returns: what is to stand behind the program's name.
    func arguments(port: Int, server: Int32) -> [String] {
        let fixed = ["--sources", "8", "--size", "300", "--pub", "ws:/pub", "--port", "\(port)", "--pid", "\(server)"]
        let clients = ["--conns", "\(self.connections)", "--slow", "\(self.stalled)", "--sample", "\(self.sample)"]
        let times = ["--settle", "\(self.settle)", "--warmup", "\(self.warmUp)", "--duration", "\(self.seconds)"]
        return fixed + clients + times + self.pacing + self.buffers + self.hold
    }

    private var pacing: [String] {
        self.pace == .steady ? ["--rate", "\(FanLoad.pace)"] : ["--window", "\(FanLoad.window)"]
    }

    private var buffers: [String] {
        self.receiveBuffer.map { ["--rcvbuf", "\($0)"] } ?? []
    }

    /// Whether the stalled clients' sockets are full is to be seen only while they are there.
    private var hold: [String] {
        self.stalled > 0 ? ["--hold", "60"] : []
    }
}
