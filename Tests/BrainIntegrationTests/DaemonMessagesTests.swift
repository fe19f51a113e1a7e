import Brain
import BrainTestKit
import Postgres
import Testing

/// What a client is sent, byte for byte (contract §3.1 to §3.3).
@Suite(.timeLimit(.minutes(5)))
struct DaemonMessagesTests {
    static let captures: [CaptureChoice] = [.notify, .poll, .wal]

    @Test(arguments: captures)
    func `sends an update to every client in exactly the form of the contract`(_ capture: CaptureChoice) async throws {
        let script = "INSERT INTO runs (id) VALUES ('test-run-1')"
        try await withDaemon(DaemonSetup(capture, script: script)) { daemon in
            let clients = [try await daemon.connect(), try await daemon.connect()]
            try await daemon.sql(
                """
                UPDATE runs SET status = 'running', progress = 40.50, task_id = 't-9', agent = 'dev',
                    started_at = '2026-02-06 02:30:00.1239+01' WHERE id = 'test-run-1'
                """
            )
            for client in clients {
                let text = try await client.nextText()
                let message = try #require(DaemonMessage(text))
                let data =
                    #"{"id":"test-run-1","status":"running","progress":40.5,"task_id":"t-9","agent":"dev","#
                    + #""started_at":"2026-02-06T01:30:00.123Z"}"#
                #expect(text == #"{"type":"run_update","data":\#(data),"timestamp":"\#(message.timestamp)"}"#)
            }
        }
    }

    @Test(arguments: captures)
    func `names all columns in the contract's order, and none that is NULL`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture)) { daemon in
            let client = try await daemon.connect()
            try await daemon.sql(
                """
                INSERT INTO runs (error, completed_at, started_at, agent, task_id, progress, status, id) VALUES
                ('e', '2026-02-06 01:30:01Z', '2026-02-06 01:30:00Z', 'a', 't', 100, 'failed', 'full')
                """
            )
            let full = try await client.nextMessage()
            #expect(full.type == "run_failed")
            #expect(
                full.data == #"{"id":"full","status":"failed","progress":100,"task_id":"t","agent":"a","#
                    + #""started_at":"2026-02-06T01:30:00.000Z","completed_at":"2026-02-06T01:30:01.000Z","error":"e"}"#
            )
            try await daemon.sql("INSERT INTO runs (id, progress, started_at) VALUES ('bare', 'NaN', 'infinity')")
            let bare = try await client.nextMessage()
            #expect(bare.data == #"{"id":"bare","status":"queued"}"#)
        }
    }

    @Test(arguments: captures)
    func `tells the type by the status`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture, script: "INSERT INTO runs (id) VALUES ('a')")) { daemon in
            let client = try await daemon.connect()
            let steps = [
                ("running", "run_update"), ("completed", "run_complete"), ("failed", "run_failed"),
                ("queued", "run_update"),
            ]
            for (status, type) in steps {
                try await daemon.sql("UPDATE runs SET status = '\(status)'")
                let message = try await client.nextMessage()
                #expect(message.type == type)
                #expect(message.data == #"{"id":"a","status":"\#(status)"}"#)
            }
            try await daemon.sql("UPDATE runs SET status = 'completed'")
            #expect(try await client.nextMessage().type == "run_complete")
            try await daemon.sql("UPDATE runs SET agent = 'edited later'")
            #expect(try await client.nextMessage().type == "run_complete")
        }
    }

    @Test(arguments: captures)
    func `sends inserts, COPY and ON CONFLICT`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture)) { daemon in
            let client = try await daemon.connect()
            try await daemon.sql("INSERT INTO runs (id, status) VALUES ('a', 'completed')")
            #expect(try await client.nextMessage().type == "run_complete")
            try await daemon.sql(
                "COPY runs (id, status) FROM PROGRAM 'echo b,running; echo c,failed' WITH (FORMAT csv)"
            )
            let copied = [try await client.nextMessage(), try await client.nextMessage()]
            #expect(
                Set(copied.map(\.description)) == [
                    #"run_update {"id":"b","status":"running"}"#, #"run_failed {"id":"c","status":"failed"}"#,
                ]
            )
            try await daemon.sql(
                "INSERT INTO runs (id) VALUES ('b') ON CONFLICT (id) DO UPDATE SET progress = 7, status = 'running'"
            )
            #expect(try await client.nextMessage().data == #"{"id":"b","status":"running","progress":7}"#)
        }
    }

    @Test(arguments: captures)
    func `reads every word for a status, and warns once of a strange one`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture, script: "INSERT INTO runs (id) VALUES ('a')")) { daemon in
            let client = try await daemon.connect()
            let words = [
                ("Pending", "queued"), ("IN_PROGRESS", "running"), ("SUCCESS", "completed"), ("timeout", "failed"),
            ]
            for (number, (word, status)) in words.enumerated() {
                try await daemon.sql("UPDATE runs SET status = '\(word)', progress = \(number)")
                #expect(
                    try await client.nextMessage().data == #"{"id":"a","status":"\#(status)","progress":\#(number)}"#
                )
            }
            for progress in 10...12 {
                try await daemon.sql("UPDATE runs SET status = 'paused', progress = \(progress)")
                #expect(try await daemon.settled(client).isEmpty)
            }
            #expect(daemon.log.split(separator: "\n").count { $0.contains(#""paused""#) } == 1)
            try await daemon.sql("UPDATE runs SET status = 'canceled', progress = 3")
            #expect(try await daemon.settled(client).map(\.data) == [])
            try await daemon.sql("UPDATE runs SET progress = 4")
            #expect(try await daemon.settled(client).map(\.progress) == [4])
        }
    }

    @Test(arguments: captures)
    func `carries an error of 20 kB whole, and refuses no writer for it`(_ capture: CaptureChoice) async throws {
        let setup = DaemonSetup(capture, script: "INSERT INTO runs (id, status) VALUES ('a', 'running')")
        try await withDaemon(setup) { daemon in
            let client = try await daemon.connect()
            let piece = "\"quoted\"\\ \n\r\t\u{8}\u{1}\u{1F}\u{7F} é 漢 👩🏽‍🚀 \u{2028}</script>\u{FFFF}"
            let error = String(repeating: piece, count: 20_000 / piece.utf8.count + 1)
            let changed = try await daemon.writer.query(
                "UPDATE runs SET status = 'failed', error = $1 WHERE id = 'a'",
                [error]
            )
            #expect(changed.affected == 1)
            let message = try await client.nextMessage()
            #expect(message.type == "run_failed")
            #expect(message.fields["error"]?.text.map { Array($0.utf8) } == Array(error.utf8))
        }
    }

    @Test
    func `cuts an error over 64 KiB at a character`() async throws {
        try await withDaemon { daemon in
            let client = try await daemon.connect()
            try await daemon.sql(
                "INSERT INTO runs (id, status, error) VALUES ('a', 'failed', 'x' || repeat('é', 40000))"
            )
            let error = try #require(try await client.nextMessage().fields["error"]?.text)
            #expect(error.hasPrefix("xéé") && error.hasSuffix("é…"))
            #expect((65_000...65_540).contains(error.utf8.count))
        }
    }
}
