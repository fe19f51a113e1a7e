/// What stands in a Host header, and behind the scheme of an Origin: a host, perhaps a port (RFC 9110 §7.2).
struct HostAuthority: Hashable, Sendable {
    enum Host: Hashable, Sendable {
        case address(IPAddress)
        /// In lower case, without the root's trailing dot.
        case name(String)
    }

    let host: Host
    let port: UInt16?

    /// Reads `name`, `10.0.0.1` or `[::1]`, each with or without `:port`.
    ///
    /// Nil for everything else: user names, paths, lists, white space, percent-encoding, non-ASCII, IPv6 without
    /// brackets, and names longer than DNS allows (RFC 1035 §2.3.4).
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 300, let hostEnd = Self.endOfHost(bytes) else { return nil }
        guard let host = Self.host(bytes[..<hostEnd]) else { return nil }
        self.host = host
        // `host:` names no port (RFC 3986 §3.2.3).
        let rest = bytes[hostEnd...]
        if rest.isEmpty || rest.elementsEqual([UInt8(ascii: ":")]) {
            self.port = nil
        } else {
            guard let port = Self.port(rest) else { return nil }
            self.port = port
        }
    }

    private static func endOfHost(_ bytes: [UInt8]) -> Int? {
        guard bytes.first == UInt8(ascii: "[") else {
            return bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        }
        return bytes.firstIndex(of: UInt8(ascii: "]")).map { $0 + 1 }
    }

    private static func host(_ bytes: ArraySlice<UInt8>) -> Host? {
        if bytes.first == UInt8(ascii: "[") {
            let inner = String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
            // Brackets are for IPv6 alone (RFC 3986 §3.2.2).
            guard inner.utf8.contains(UInt8(ascii: ":")) else { return nil }
            return IPAddress(inner).map { .address($0) }
        }
        let withoutDot = bytes.last == UInt8(ascii: ".") ? bytes.dropLast() : bytes
        guard isName(withoutDot) else { return nil }
        let name = String(decoding: withoutDot, as: UTF8.self).lowercased()
        return IPAddress(name).map { .address($0) } ?? .name(name)
    }

    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count <= 253
            && bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.count) && label.allSatisfy { $0.isASCIIAlphanumeric || $0.isOne(of: "-_") }
            }
    }

    private static func port(_ bytes: ArraySlice<UInt8>) -> UInt16? {
        let digits = bytes.dropFirst()
        guard bytes.first == UInt8(ascii: ":"), digits.allSatisfy(\.isASCIIDigit) else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self))
    }
}
