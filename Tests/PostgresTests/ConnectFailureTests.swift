import Testing

@testable import Postgres

/// libpq's texts of a failed attempt, and what they are taken for.
struct ConnectFailureTests {
    @Test func `believes the code of a server that speaks another language`() {
        let text = """
            connection to server at "db" (10.0.0.1), port 5432 failed: FATAL:  28P01: Passwort-Authentifizierung für \
            Benutzer »app« fehlgeschlagen
            LOCATION:  auth_failed, auth.c:326

            """
        let message =
            "connection to server at \"db\" (10.0.0.1), port 5432 failed: "
            + "Passwort-Authentifizierung für Benutzer »app« fehlgeschlagen"
        #expect(ConnectFailure(text: text).error == .authentication(message))
    }

    @Test(
        arguments: [
            ("57P03", PostgresError.unreachable("failed: m")), ("53300", .unreachable("failed: m")),
            ("28000", .authentication("failed: m")), ("3D000", .noSuchDatabase("failed: m")),
            ("42501", .server(sqlState: "42501", message: "failed: m", detail: nil)),
        ]
    )
    func `classifies by the server's code`(code: String, error: PostgresError) {
        #expect(ConnectFailure(text: "failed: FATAL:  \(code): m\nDETAIL:  d\n").error == error)
    }

    @Test func `prefers a server's answer to the refusals of other addresses`() {
        let text = """
            connection to server at "localhost" (::1), port 5432 failed: Connection refused
            \tIs the server running on that host and accepting TCP/IP connections?
            connection to server at "localhost" (127.0.0.1), port 5432 failed: FATAL:  3D000: database "x" does not exist
            connection to server at "other" (10.0.0.1), port 5432 failed: Connection refused

            """
        let message =
            "connection to server at \"localhost\" (127.0.0.1), port 5432 failed: database \"x\" does not exist"
        #expect(ConnectFailure(text: text).error == .noSuchDatabase(message))
    }

    @Test func `tells a broken line from a lack of trust`() {
        let prefix = "connection to server at \"db\", port 5432 failed: "
        let broken = prefix + "SSL SYSCALL error: Connection reset by peer"
        #expect(ConnectFailure(text: broken).error == .unreachable(broken))
        let distrust = prefix + "SSL error: certificate verify failed"
        #expect(ConnectFailure(text: distrust).error == .refused(distrust))
        let missing = prefix + "fe_sendauth: no password supplied"
        #expect(ConnectFailure(text: missing).error == .authentication(missing))
    }

    @Test func `has an answer for no text`() {
        #expect(ConnectFailure(text: "\n").error == .invalidTarget("libpq gave no reason"))
    }
}
