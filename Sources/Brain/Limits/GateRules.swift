/// Who may connect, from where, and under which names: the settings that a ``Gate`` goes by.
///
/// The property values are the defaults (contract §1). An entry of the last three that is no origin, or no host, lets
/// nobody in.
package struct GateRules: Sendable {
    /// `--allow-cidr`: ranges that may connect beside the private ones.
    package var allowed: [CIDR] = []
    /// `--admin-cidr`: ranges that may administer beside loopback.
    package var admin: [CIDR] = []
    /// `--trusted-proxy`: peers whose X-Forwarded-For says who the client is.
    package var trustedProxies: [CIDR] = []
    /// `--allowed-origin`: `scheme://host` or `scheme://host:port`; a scheme's own port may be left out.
    package var allowedOrigins: [String] = []
    /// `--allowed-host`: names, in any case; a port is passed over.
    package var allowedHosts: [String] = []
    /// The names of this machine, in any case.
    package var machineNames: [String] = []

    /// Makes the defaults.
    package init() {}
}
