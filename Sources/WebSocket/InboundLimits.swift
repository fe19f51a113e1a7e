/// How much one peer may send; the defaults are the contract's (§1).
package struct InboundLimits: Sendable, Equatable {
    /// The size in bytes that a message may have, all its fragments together; over it the session ends with 1009.
    package var maxMessageBytes: Int
    /// The data frames that a peer may send in a second, with a burst of twice that; 0 lifts the limit.
    ///
    /// Control frames have a budget of their own, at ten times this rate. Over either the session ends with 1008.
    package var dataFramesPerSecond: Double

    /// The limits of one peer: a message's size in bytes, and data frames a second (0: as many as it likes).
    package init(maxMessageBytes: Int = 65_536, dataFramesPerSecond: Double = 10) {
        self.maxMessageBytes = maxMessageBytes
        self.dataFramesPerSecond = dataFramesPerSecond
    }

    /// The control frames that a peer may send in a second; 0 lifts the limit.
    var controlFramesPerSecond: Double { 10 * self.dataFramesPerSecond }
}
