import Glibc
import NIOCore

/// A socket's descriptor, written to past NIO as long as NIO holds nothing for it.
///
/// Not owned: NIO opens and closes it. It must not be used once the channel is inactive, since its number is soon
/// another's (`Docs/Decisions/0009-past-nio.md`).
struct KernelSocket {
    private static let flags = CInt(MSG_DONTWAIT | MSG_NOSIGNAL)

    private let descriptor: CInt

    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// The socket of a channel, called in its event loop; nil for one that has none, such as a test's.
    init?(of context: ChannelHandlerContext) {
        let descriptor = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: CInt.self) { $0 }
        guard let descriptor else { return nil }
        self.descriptor = descriptor
    }

    /// Gives the kernel what it takes at once.
    ///
    /// An error counts as nothing taken: whoever then leaves the rest to NIO has NIO meet it too, and close the channel.
    ///
    /// - Returns: the bytes taken, from 0 to all (send(2), `MSG_DONTWAIT`).
    func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        max(0, Glibc.send(self.descriptor, bytes.baseAddress, bytes.count, Self.flags))
    }
}
