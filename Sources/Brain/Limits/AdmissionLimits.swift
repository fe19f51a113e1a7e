/// How many may be connected, and how fast they may come: the settings that an ``Admission`` goes by.
///
/// The property values are the defaults (contract §1).
package struct AdmissionLimits: Sendable {
    /// `--max-connections`: sessions in all.
    package var sessions = 10_000
    /// `--max-connections-per-ip`: sessions of one client.
    package var sessionsPerAddress = 20
    /// `--connect-rate-per-ip`: new sessions of one client a second; 0 lifts the limit.
    package var sessionRatePerAddress = 20.0
    /// `--trusted-proxy`: peers that may have any number of connections that are no session.
    package var trustedProxies: [CIDR] = []
    /// Connections that are no session, in all.
    package var connections = 1024
    /// Connections of one peer that are no session.
    package var connectionsPerAddress = 64
    /// Clients whose rate is remembered, some 128 bytes each; past that, one of them starts afresh for each new one.
    package var rememberedRates = 65_536

    /// Makes the defaults.
    package init() {}
}
