extension ValueKind where Value == String {
    /// An address or name to bind; a name is resolved when the socket is bound.
    static var host: ValueKind {
        ValueKind(
            placeholder: "address",
            fits: "an IP address (without brackets) or a host name",
            parse: { IPAddress($0) != nil || isHostName($0) ? $0 : nil },
            text: { $0 }
        )
    }

    /// A name as it comes in a Host header, without its port.
    static var hostName: ValueKind {
        ValueKind(
            placeholder: "name",
            fits: "a host name such as brain.example.org, without scheme and port",
            parse: { isHostName($0) ? $0.lowercased() : nil },
            text: { $0 }
        )
    }

    /// An origin as a browser sends it (RFC 6454 §6.2): no path, no slash at the end.
    static var origin: ValueKind {
        ValueKind(
            placeholder: "origin",
            fits: "an origin such as https://app.example.org, without a path and a slash at its end",
            parse: { isOrigin($0) ? $0.lowercased() : nil },
            text: { $0 }
        )
    }

    /// A path that a file system can hold.
    static var directory: ValueKind {
        ValueKind(
            placeholder: "directory",
            fits: "a path of 1 to 4095 bytes",
            parse: { (1...4095).contains($0.utf8.count) && !$0.utf8.contains(0) ? $0 : nil },
            text: { $0 }
        )
    }

    /// What libpq takes as a connection string, or ""; libpq itself looks closer when it connects.
    static var connection: ValueKind {
        ValueKind(
            placeholder: "conninfo",
            fits: "a libpq connection string: postgres://user@host/database, or host=… dbname=…",
            parse: { isConnectionString($0) ? $0 : nil },
            text: { $0 }
        )
    }
}

/// Labels of letters, digits, hyphens and underscores (RFC 1123 §2.1 and what container networks use).
///
/// All digits in the last label would be an address that was mistyped.
private func isHostName(_ text: String) -> Bool {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard text.utf8.count <= 253, let last = labels.last else { return false }
    return labels.allSatisfy { (1...63).contains($0.count) && $0.allSatisfy(isNameByte) } && !last.allSatisfy(isDigit)
}

private func isOrigin(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1)
    guard parts.count == 2, text.utf8.count <= 2048, text.utf8.last != UInt8(ascii: ":") else { return false }
    let (scheme, rest) = (parts[0], parts[1])
    let authority = rest.dropFirst(2)
    let isScheme = scheme.first.map(isLetter) == true && scheme.allSatisfy { isNameByte($0) || "+.".utf8.contains($0) }
    return isScheme && rest.starts(with: "//".utf8) && !authority.isEmpty && authority.allSatisfy(isAuthorityByte)
}

/// A URI by its scheme, or at least one `keyword=value`, the rule by which libpq tells them from a database's name.
private func isConnectionString(_ text: String) -> Bool {
    guard !text.isEmpty else { return true }
    guard !text.utf8.contains(0) else { return false }
    let isURI = ["postgres://", "postgresql://"].contains(where: text.hasPrefix)
    guard !isURI else { return !text.contains(where: \.isWhitespace) }
    guard let sign = text.firstIndex(of: "=") else { return false }
    let words = text[..<sign].split(whereSeparator: \.isWhitespace)
    return words.count == 1 && words[0].utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
}

private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

private func isNameByte(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || "-_".utf8.contains(byte) }

private func isAuthorityByte(_ byte: UInt8) -> Bool { isNameByte(byte) || ".:[]".utf8.contains(byte) }
