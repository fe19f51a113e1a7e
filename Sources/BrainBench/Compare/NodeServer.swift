import BrainTestKit
import Foundation

/// Node with the package `ws`, and the plainest loop that sends each message to all clients.
enum NodeServer {
    /// Debian's package puts its modules where Node doesn't look by itself.
    static var environment: [String: String] {
        let own = ProcessInfo.processInfo.environment["NODE_PATH"]
        return ["NODE_PATH": ([own].compactMap(\.self) + ["/usr/share/nodejs"]).joined(separator: ":")]
    }

    /// Reads the script from its standard input.
    static func arguments(port: Int) -> [String] { ["-", "\(port)"] }

    static let script = """
        const { WebSocketServer, WebSocket } = require('ws');
        const options = { noServer: true, perMessageDeflate: false };
        const [wss, publishers] = [new WebSocketServer(options), new WebSocketServer(options)];
        const server = require('http').createServer();
        server.on('upgrade', (request, socket, head) => {
            const side = request.url === '/pub' ? publishers : wss;
            side.handleUpgrade(request, socket, head, client => side.emit('connection', client));
        });
        publishers.on('connection', publisher => publisher.on('message', data => {
            const text = data.toString();
            wss.clients.forEach(client => client.readyState === WebSocket.OPEN && client.send(text));
        }));
        server.listen(Number(process.argv[2]), '127.0.0.1');
        """

    /// Whether there is a Node that finds the package.
    static func isPossible() async throws -> Bool {
        do {
            _ = try await ProgramProcess.output(of: "node", ["-e", "require('ws')"], environment: Self.environment)
            return true
        } catch is BenchError {
            return false
        }
    }
}
