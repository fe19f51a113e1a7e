/// What an ``Admission`` has counted.
package struct AdmissionCounts: Hashable, Sendable {
    /// Open connections that are no session.
    package let connections: Int
    /// Open sessions.
    package let sessions: Int
    /// Clients that have a session.
    package let addresses: Int
    /// Clients whose rate is remembered.
    package let rememberedRates: Int
    /// Sessions ever admitted.
    package let accepted: Int
    /// What was ever refused, by the reason; a reason that never came up is missing.
    package let rejected: [Refusal.Reason: Int]
}
