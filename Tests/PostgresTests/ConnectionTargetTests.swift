import Testing

@testable import Postgres

/// How a target is shown and handed to libpq.
struct ConnectionTargetTests {
    @Test(
        arguments: [
            ("", "libpq's environment"), ("app", "dbname=app"),
            (
                "postgresql://u:sesame@db.example:5433/app?sslmode=require",
                "host=db.example port=5433 user=u dbname=app"
            ),
            ("host=/run/x password='a b' dbname=app", "host=/run/x dbname=app"),
            ("postgresql://u:se@same@db.example/app", "an unreadable connection string"),
            ("postgresql://u:sesame@[::1/app", "an unreadable connection string"),
        ]
    )
    func `shows where it leads, never a password`(conninfo: String, description: String) {
        let target = ConnectionTarget(conninfo: conninfo)
        #expect(target.description == description)
        #expect(String(reflecting: target) == description)
        var dumped = ""
        dump(target, to: &dumped)
        #expect(!dumped.contains("same"))
    }

    @Test func `lets overrides win over the string`() {
        let target = ConnectionTarget(conninfo: "host=a dbname=b", overrides: ["user": "u", "dbname": "c"])
        #expect(target.description == "host=a user=u dbname=c")
        #expect(target.parameters.map(\.keyword) == ["dbname", "dbname", "user", "client_encoding"])
        #expect(target.parameters.map(\.value) == ["host=a dbname=b", "c", "u", "UTF8"])
    }
}
