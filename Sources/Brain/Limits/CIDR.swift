/// A range of addresses, as `10.0.0.0/8` or `fe80::/10` name it (RFC 4632, RFC 4291 §2.3).
package struct CIDR: Hashable, Sendable {
    private let family: IPAddress.Family
    private let hostBits: Int
    /// Without the host bits.
    private let network: UInt128

    /// Reads a range, or one address as the range that holds only it.
    ///
    /// Bits behind the prefix are ignored. A range of IPv4-mapped addresses (`::ffff:10.0.0.0/104`) is the IPv4 one
    /// (`10.0.0.0/8`); nil if its prefix is shorter than the 96 bits that make it one.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first else { return nil }
        guard let address = IPAddress(String(decoding: first, as: UTF8.self)) else { return nil }
        let mappedBits = address.family == .v4 && first.contains(UInt8(ascii: ":")) ? 96 : 0
        let width = address.family.width
        guard let length = parts.count == 2 ? Self.number(parts[1]) : width + mappedBits else { return nil }
        guard (mappedBits...mappedBits + width).contains(length) else { return nil }
        self.family = address.family
        self.hostBits = mappedBits + width - length
        self.network = address.bits >> self.hostBits
    }

    /// Whether the address lies in the range; an IPv4 address lies in no IPv6 range, `::/0` included.
    package func contains(_ address: IPAddress) -> Bool {
        address.family == self.family && address.bits >> self.hostBits == self.network
    }

    /// `Int("+8")` would be a number, too.
    private static func number(_ digits: Substring.UTF8View) -> Int? {
        digits.allSatisfy(\.isASCIIDigit) ? Int(String(Substring(digits))) : nil
    }
}
