/// The origin of a web page, as an Origin header names it: scheme, host and port (RFC 6454 §6.2).
struct WebOrigin: Hashable, Sendable {
    let scheme: String
    let host: HostAuthority.Host
    /// Nil where it is the scheme's own.
    private let port: UInt16?

    /// Reads `scheme://host` or `scheme://host:port`, in any case.
    ///
    /// Nil for everything else, `null`, a list, a path and a user name included.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let scheme = Self.scheme(parts[0]), parts[1].starts(with: "//".utf8) else { return nil }
        guard let authority = HostAuthority(Substring(parts[1].dropFirst(2))) else { return nil }
        self.scheme = scheme
        self.host = authority.host
        self.port = authority.port == Self.defaultPorts[scheme] ? nil : authority.port
    }

    /// Whether the page comes from this machine: `localhost`, 127.0.0.0/8 or `[::1]`, over HTTP or HTTPS, any port.
    var isLoopback: Bool {
        guard Self.defaultPorts.keys.contains(self.scheme) else { return false }
        return switch self.host {
        case .address(let address): address.isLoopback
        case .name(let name): name == "localhost"
        }
    }

    private static let defaultPorts: [String: UInt16] = ["http": 80, "https": 443]

    /// RFC 3986 §3.1.
    private static func scheme(_ bytes: Substring.UTF8View) -> String? {
        guard !bytes.isEmpty, bytes.allSatisfy({ $0.isASCIIAlphanumeric || $0.isOne(of: "+-.") }) else { return nil }
        return String(Substring(bytes)).lowercased()
    }
}
