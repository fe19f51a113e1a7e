/// One NOTIFY that a listening connection was sent.
package struct Notification: Sendable, Equatable {
    /// The channel's name.
    package let channel: String
    /// The payload, at most 8000 bytes (PostgreSQL manual, NOTIFY); empty where there was none.
    package let payload: String
    /// The backend that sent it; compare with ``Connection/backendPID`` to know one's own.
    package let senderPID: Int32
}
