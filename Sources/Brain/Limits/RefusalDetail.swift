extension Refusal {
    /// What is wrong, and the setting that would change it; the `detail` of the problem.
    ///
    /// One line. What the other side sent is in it, but cut at 100 bytes, and only as printable ASCII.
    package var detail: String {
        switch self {
        case .addressNotAllowed(let client):
            "\(client) may not connect: it is neither on a private network nor in a range of --allow-cidr."
        case .administrationNotAllowed(let client):
            "\(client) may not do this: only this machine and the ranges of --admin-cidr may."
        case .forwardedByStranger(let peer):
            "X-Forwarded-For, Forwarded or X-Real-IP came from \(peer), which no --trusted-proxy names."
        case .clientUnknown(let proxy):
            "The proxy \(proxy) named no client: X-Forwarded-For must be a list of IP addresses, with one that is "
                + "outside --trusted-proxy."
        case .hostMissing: "There is no Host header."
        case .hostRepeated: "There is more than one Host header."
        case .hostNotAllowed(let host):
            "The host \"\(host.excerpt)\" is neither an IP address, localhost, this machine's name, nor named by "
                + "--allowed-host."
        case .originRepeated: "There is more than one Origin header."
        case .originNotAllowed(let origin):
            "The origin \"\(origin.excerpt)\" is neither this machine, the host of the request over the same scheme, "
                + "nor named by --allowed-origin."
        case .rateExceeded(let client, _):
            "\(client) opens sessions faster than --connect-rate-per-ip allows."
        case .sessionsOfAddressExhausted(let client, let limit):
            "\(client) has \(limit) sessions, as many as --max-connections-per-ip allows."
        case .sessionsExhausted(let limit):
            "There are \(limit) sessions, as many as --max-connections allows."
        case .connectionsOfAddressExhausted(let peer, let limit):
            "\(peer) has \(limit) connections that are no session, as many as one address may; a proxy is exempt if "
                + "--trusted-proxy names it."
        case .connectionsExhausted(let limit):
            "There are \(limit) connections that are no session, as many as there may be."
        }
    }
}

extension String {
    fileprivate var excerpt: String {
        let shown = self.utf8.prefix(100).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: shown, as: UTF8.self) + (self.utf8.count > 100 ? "..." : "")
    }
}
