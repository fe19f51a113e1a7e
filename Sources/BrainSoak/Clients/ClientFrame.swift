/// The frames that a client sends, masked as RFC 6455 §5.3 wants it.
enum ClientFrame {
    /// The answer to a ping.
    ///
    /// - Parameters:
    ///   - payload: the ping's, at most 125 bytes, of which no more are sent.
    ///   - key: masks it.
    /// - Returns: a whole frame.
    static func pong(_ payload: some Sequence<UInt8>, key: UInt32) -> [UInt8] {
        self.control(0x8A, payload, key)
    }

    /// A close frame.
    ///
    /// - Parameters:
    ///   - code: 1005 for a frame without one.
    ///   - key: masks it.
    /// - Returns: a whole frame.
    static func close(_ code: Int, key: UInt32) -> [UInt8] {
        let payload = code == 1005 ? [] : [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)]
        return self.control(0x88, payload, key)
    }

    private static func control(_ first: UInt8, _ payload: some Sequence<UInt8>, _ key: UInt32) -> [UInt8] {
        let payload = payload.prefix(125)
        let mask = (0..<4).map { UInt8(truncatingIfNeeded: key >> (24 - 8 * UInt32($0))) }
        let masked = payload.enumerated().map { $0.element ^ mask[$0.offset % 4] }
        return [first, 0x80 | UInt8(masked.count)] + mask + masked
    }
}
