/// What a ``Gate`` says to a request.
package enum GateVerdict: Hashable, Sendable {
    /// The request may go on, and counts as this client's: the peer, or whom a trusted proxy asks for.
    case admitted(client: IPAddress)
    /// The request must not be looked at any further.
    case refused(Refusal)
}

/// Decides who may talk to the daemon at all: by address, by Host, by Origin, in this order (contract §2).
///
/// Host and Origin are what keeps a web page that the user happens to visit away from a daemon that trusts the local
/// network: Origin names the page, and Host the name under which DNS rebinding brought it here.
package struct Gate: Sendable {
    private let rules: GateRules
    private let allowedOrigins: Set<WebOrigin>
    private let allowedHosts: Set<HostAuthority.Host>

    /// Makes a gate by the rules, once: nothing is read again for a request.
    package init(rules: GateRules) {
        self.rules = rules
        self.allowedOrigins = Set(rules.allowedOrigins.compactMap { WebOrigin($0) })
        let names = rules.allowedHosts + rules.machineNames
        self.allowedHosts = Set(names.compactMap { HostAuthority($0)?.host })
    }

    /// Judges a request, before anything else is done with it.
    package func judge(_ request: GateRequest) -> GateVerdict {
        do throws(Refusal) {
            let client = try self.checkAddress(request)
            let host = try self.checkHost(request)
            try self.checkOrigin(request, host: host)
            return .admitted(client: client)
        } catch {
            return .refused(error)
        }
    }
}

extension Gate {
    private func checkAddress(_ request: GateRequest) throws(Refusal) -> IPAddress {
        let client = try self.client(of: request)
        guard client.isPrivate || self.rules.allowed.contains(client) else { throw .addressNotAllowed(client) }
        if request.scope == .administration {
            // Loopback behind a proxy on another machine is that machine's.
            let isLocal = client.isLoopback && request.peer.isLoopback
            guard isLocal || self.rules.admin.contains(client) else { throw .administrationNotAllowed(client) }
        }
        return client
    }

    private func client(of request: GateRequest) throws(Refusal) -> IPAddress {
        guard self.rules.trustedProxies.contains(request.peer) else {
            let isForwarded = ![request.forwardedFor, request.forwarded, request.realIP].allSatisfy(\.isEmpty)
            guard !isForwarded else { throw .forwardedByStranger(request.peer) }
            return request.peer
        }
        guard let client = self.forwardedClient(request.forwardedFor) else {
            throw .clientUnknown(proxy: request.peer)
        }
        return client
    }

    /// The last hop that is no trusted proxy: what stands left of it is hearsay.
    private func forwardedClient(_ fields: [String]) -> IPAddress? {
        let hops = fields.flatMap { $0.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) }
        for hop in hops.reversed() {
            guard let address = Self.address(ofHop: Substring(hop)) else { return nil }
            if !self.rules.trustedProxies.contains(address) { return address }
        }
        return nil
    }

    /// Some proxies write the client's port behind its address (`10.0.0.1:52100`, `[::1]:52100`).
    private static func address(ofHop text: Substring) -> IPAddress? {
        var bytes = text.utf8.drop { $0.isOne(of: " \t") }
        while bytes.last?.isOne(of: " \t") == true { bytes = bytes.dropLast() }
        let hop = Substring(bytes)
        if let address = IPAddress(hop) { return address }
        guard case .address(let address)? = HostAuthority(hop)?.host else { return nil }
        return address
    }
}

extension Gate {
    private func checkHost(_ request: GateRequest) throws(Refusal) -> HostAuthority.Host {
        guard let text = request.hosts.first else { throw .hostMissing }
        guard request.hosts.count == 1 else { throw .hostRepeated }
        guard let host = HostAuthority(text)?.host, self.isOurs(host) else { throw .hostNotAllowed(text) }
        return host
    }

    /// An address can't be rebound, and `localhost` never leaves the machine (RFC 6761 §6.3).
    private func isOurs(_ host: HostAuthority.Host) -> Bool {
        switch host {
        case .address: true
        case .name(let name):
            name == "localhost" || name.hasSuffix(".localhost") || self.allowedHosts.contains(host)
        }
    }

    private func checkOrigin(_ request: GateRequest, host: HostAuthority.Host) throws(Refusal) {
        guard let text = request.origins.first else { return }
        guard request.origins.count == 1 else { throw .originRepeated }
        guard let origin = WebOrigin(text) else { throw .originNotAllowed(text) }
        let isSameHost = origin.host == host && origin.scheme == (request.isSecure ? "https" : "http")
        guard isSameHost || origin.isLoopback || self.allowedOrigins.contains(origin) else {
            throw .originNotAllowed(text)
        }
    }
}

extension [CIDR] {
    fileprivate func contains(_ address: IPAddress) -> Bool {
        self.contains { $0.contains(address) }
    }
}
