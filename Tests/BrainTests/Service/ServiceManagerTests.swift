import BrainTestKit
import Logging
import Testing

@testable import Brain

/// sd_notify(3), against a socket as the manager's.
@Suite struct ServiceManagerTests {
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func manager(_ environment: [String: String], processID: Int32 = 7) -> ServiceManager? {
        ServiceManager(environment: environment, logger: Self.silent, processID: processID)
    }

    @Test(arguments: [false, true])
    func `tells each thing in a datagram, on a path and on an abstract name`(isAbstract: Bool) throws {
        let socket = try ServiceManagerSocket(isAbstract: isAbstract)
        let manager = try #require(self.manager(["NOTIFY_SOCKET": socket.address]))
        manager.ready("up")
        manager.alive()
        manager.status("busy")
        manager.stopping(within: .milliseconds(1500))
        #expect(
            socket.takeAll() == [
                "READY=1\nSTATUS=up", "WATCHDOG=1", "STATUS=busy",
                "STOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC=1500000",
            ]
        )
    }

    @Test func `tells the same words once, and no further ones while it stops but why it fails`() throws {
        let socket = try ServiceManagerSocket()
        let manager = try #require(self.manager(["NOTIFY_SOCKET": socket.address]))
        manager.ready("up")
        for status in ["up", "busy", "busy", "up"] { manager.status(status) }
        #expect(socket.takeAll() == ["READY=1\nSTATUS=up", "STATUS=busy", "STATUS=up"])
        manager.stopping(within: .seconds(1))
        manager.status("busy")
        manager.failed("no room")
        #expect(socket.takeAll().dropFirst() == ["STATUS=failed: no room"])
    }

    @Test func `words from outside can't become a message of their own, and hold no password`() throws {
        let socket = try ServiceManagerSocket()
        let manager = try #require(self.manager(["NOTIFY_SOCKET": socket.address]))
        manager.failed("a\nREADY=1 postgres://u:hunter2@h")
        #expect(socket.take() == "STATUS=failed: a\\nREADY=1 postgres://u:***@h")
    }

    @Test func `a manager that is gone does no harm`() throws {
        var socket: ServiceManagerSocket? = try ServiceManagerSocket()
        let manager = try #require(self.manager(["NOTIFY_SOCKET": socket?.address ?? ""]))
        socket = nil
        manager.ready("up")
        manager.alive()
    }

    @Test(arguments: ["", "/", "@", "notify", "vsock:2:1234", "/a\0b", "/" + String(repeating: "a", count: 107)])
    func `there is nobody where the socket's address is none`(address: String) {
        #expect(self.manager(["NOTIFY_SOCKET": address]) == nil)
        #expect(self.manager([:]) == nil)
    }

    private static let patiences: [(String, String?, Duration?)] = [
        ("30000000", nil, .seconds(15)), ("30000000", "7", .seconds(15)), ("30000000", "8", nil),
        ("30000000", "", nil), ("1", nil, .nanoseconds(500)), ("0", nil, nil), ("-1", nil, nil), ("", nil, nil),
        ("1s", nil, nil), ("18446744073709551615", nil, nil), ("18446744073709551614", nil, .seconds(43_200)),
        ("99999999999999999999", nil, nil),
    ]

    @Test(arguments: Self.patiences)
    func `feeds at half of the watchdog's patience, where that is this process's`(
        microseconds: String,
        processID: String?,
        interval: Duration?
    ) throws {
        var environment = ["NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": microseconds]
        environment["WATCHDOG_PID"] = processID
        #expect(try #require(self.manager(environment)).feedInterval == interval)
    }

    @Test func `without a patience there is no watchdog`() throws {
        #expect(try #require(self.manager(["NOTIFY_SOCKET": "/run/notify"])).feedInterval == nil)
    }

    @Test func `says in a line whether changes come, how, and to how many`() {
        var feed = FeedStatus(ready: true, capture: .wal, lagMilliseconds: 3, reasons: [])
        #expect(ServiceStatus.serving(feed, sessions: 12) == "ready, capture wal, sessions: 12")
        feed = FeedStatus(ready: false, capture: nil, lagMilliseconds: nil, reasons: ["a", "b"])
        #expect(ServiceStatus.serving(feed, sessions: 0) == "not ready (a; b), sessions: 0")
    }
}
