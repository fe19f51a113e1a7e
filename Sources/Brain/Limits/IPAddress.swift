import Glibc

/// An IPv4 or IPv6 address, equal to another whenever both name the same peer.
///
/// A dual-stack socket sees an IPv4 peer as `::ffff:10.0.0.1` (RFC 4291 §2.5.5.2): such an address is the IPv4 one,
/// so that no rule and no count can be passed by writing it the other way.
package struct IPAddress: Hashable, Sendable {
    enum Family: Hashable, Sendable {
        case v4
        case v6

        var width: Int { self == .v4 ? 32 : 128 }
    }

    let family: Family
    /// In the low 32 bits for IPv4.
    let bits: UInt128

    /// Reads the one notation that `inet_pton` takes: dotted decimal without leading zeros, or RFC 4291 §2.2.
    ///
    /// The zone of an IPv6 address (`fe80::1%eth0`, RFC 4007 §11) is dropped. Anything else, brackets, ports, `127.1`,
    /// white space and bytes after a NUL included, is nil.
    package init?(_ text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "%"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let digits = parts.first, digits.count < INET6_ADDRSTRLEN, digits.allSatisfy(Self.isAddressByte) else {
            return nil
        }
        let address = String(decoding: digits, as: UTF8.self)
        if let zone = parts.dropFirst().first {
            guard Self.isZone(zone) else { return nil }
            self.init(v6: address)
        } else if let v4 = IPAddress(v4: address) {
            self = v4
        } else {
            self.init(v6: address)
        }
    }

    private init?(v4 text: String) {
        var raw: UInt32 = 0
        guard inet_pton(AF_INET, text, &raw) == 1 else { return nil }
        self.family = .v4
        self.bits = UInt128(UInt32(bigEndian: raw))
    }

    private init?(v6 text: String) {
        var raw: UInt128 = 0
        guard inet_pton(AF_INET6, text, &raw) == 1 else { return nil }
        let bits = UInt128(bigEndian: raw)
        let isMapped = bits >> 32 == 0xFFFF
        self.family = isMapped ? .v4 : .v6
        self.bits = isMapped ? bits & 0xFFFF_FFFF : bits
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        byte.isASCIIHexDigit || byte.isOne(of: ".:")
    }

    /// RFC 6874 §2: unreserved characters, or percent-encoded ones.
    private static func isZone(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { $0.isASCIIAlphanumeric || $0.isOne(of: "-._~%") }
    }
}

extension IPAddress {
    /// Whether this is the machine itself: 127.0.0.0/8 (RFC 1122 §3.2.1.3) or `::1`.
    package var isLoopback: Bool {
        self.family == .v4 ? self.bits >> 24 == 127 : self.bits == 1
    }

    /// Whether only a neighbour can have it: loopback, RFC 1918, link-local (RFC 3927, RFC 4291) or ULA (RFC 4193).
    package var isPrivate: Bool {
        self.isLoopback || Self.privateRanges.contains { $0.contains(self) }
    }

    private static let privateRanges = [
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fe80::/10", "fc00::/7",
    ].compactMap { CIDR($0) }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text (RFC 5952), without brackets.
    package var description: String {
        String(unsafeUninitializedCapacity: Int(INET6_ADDRSTRLEN)) { buffer in
            let text = buffer.baseAddress.flatMap { self.print(to: $0, capacity: socklen_t(buffer.count)) }
            return text.map { strlen($0) } ?? 0
        }
    }

    private func print(to buffer: UnsafeMutablePointer<UInt8>, capacity: socklen_t) -> UnsafePointer<CChar>? {
        switch self.family {
        case .v4:
            var raw = UInt32(truncatingIfNeeded: self.bits).bigEndian
            return inet_ntop(AF_INET, &raw, buffer, capacity)
        case .v6:
            var raw = self.bits.bigEndian
            return inet_ntop(AF_INET6, &raw, buffer, capacity)
        }
    }
}
