/// What a row came to.
struct RowOutcome: Encodable, Sendable {
    enum Verdict: String, Encodable, Sendable {
        case pass
        case fail = "FAIL"
        case noBound = "no bound"
        case notMeasured = "not measured"
    }

    let name: String
    let metric: FanMetric
    let own: Spread?
    /// Of what Brain is held against.
    let other: Spread?
    let against: Trial?
    /// What the verdict is about: its median.
    let value: Spread?
    let threshold: Threshold?

    /// Takes a row's figures and holds them against its threshold.
    init(_ row: CompareRow, _ samples: [FanSample], _ thresholds: Thresholds) {
        (self.name, self.metric, self.against) = (row.name, row.metric, row.against)
        self.own = Distribution(row.figures(of: row.of, in: samples).values).spread
        self.other = row.against.flatMap { Distribution(row.figures(of: $0, in: samples).values).spread }
        self.value = Distribution(row.values(in: samples)).spread
        self.threshold = thresholds[row.name]
    }

    var verdict: Verdict {
        guard let value else { return .notMeasured }
        guard let threshold else { return .noBound }
        return threshold.holds(for: value.median) ? .pass : .fail
    }

    /// One cell for each column of ``head``.
    var cells: [String] {
        let digits = self.metric.digits
        return [
            self.name, self.metric.rawValue, self.against?.title ?? "-", self.own?.text(digits) ?? "-",
            self.other?.text(digits) ?? "-", self.value?.text() ?? "-", self.threshold?.text ?? "-",
            self.verdict.rawValue,
        ]
    }

    static let head = ["row", "figure", "against", "Brain", "the other", "value", "bound", "verdict"]

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(self.name, forKey: .name)
        try fields.encode(self.metric, forKey: .metric)
        try fields.encode(self.own, forKey: .own)
        try fields.encode(self.other, forKey: .other)
        try fields.encode(self.against, forKey: .against)
        try fields.encode(self.value, forKey: .value)
        try fields.encode(self.threshold, forKey: .threshold)
        try fields.encode(self.verdict, forKey: .verdict)
    }

    private enum CodingKeys: CodingKey {
        case name, metric, own, other, against, value, threshold, verdict
    }
}
