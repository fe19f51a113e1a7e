/// The kernel's table of TCP sockets.
enum SocketTable {
    /// How many of a server's connections have so much waiting that the other side can't be reading.
    ///
    /// - Parameters:
    ///   - port: the server's.
    ///   - bytes: what waits at least, unsent or unacknowledged.
    ///   - table: as /proc/net/tcp has it.
    /// - Returns: their number.
    static func waiting(atPort port: Int, bytes: Int, in table: String) -> Int {
        table.split(separator: "\n").dropFirst().count { line in
            // Number, local address and port, remote ones, state, and the queues of sending and receiving, all in hex.
            let fields = line.split(separator: " ", maxSplits: 5)
            guard fields.count > 4 else { return false }
            let (local, queue) = (fields[1].split(separator: ":").last, fields[4].split(separator: ":").first)
            guard let local, let queue, Int(local, radix: 16) == port else { return false }
            return (Int(queue, radix: 16) ?? 0) >= bytes
        }
    }
}
