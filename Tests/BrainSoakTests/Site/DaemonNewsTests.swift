import Testing

@testable import BrainSoak

struct DaemonNewsTests {
    private let news = DaemonNews()

    @Test func `reads the port`() {
        self.news.take(#"{"level":"info","message":"capture connected","capture":"wal"}"#)
        #expect(self.news.port == nil)
        self.news.take(#"{"level":"info","message":"listening","address":"127.0.0.1","port":"40123"}"#)
        #expect(self.news.port == 40123)
    }

    @Test(arguments: [
        #"{"level":"error","message":"the port is taken"}"#, #"{"level":"critical","message":"too often"}"#,
        "brain: no such flag",
    ])
    func `keeps the last word of trouble`(_ line: String) {
        self.news.take(line[...])
        self.news.take(#"{"level":"info","message":"another"}"#)
        #expect(self.news.lastError == line)
    }
}
