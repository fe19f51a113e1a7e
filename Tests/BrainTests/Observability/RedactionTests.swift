import Testing

@testable import Brain

struct RedactionTests {
    @Test(arguments: [
        ("postgres://u:p@h/d", "postgres://u:***@h/d"),
        ("postgresql://u:p@h:5432,i:5433/d?sslmode=require", "postgresql://u:***@h:5432,i:5433/d?sslmode=require"),
        ("postgres://u:p@ss/w:o?rd@h/d", "postgres://u:***@h/d"),
        ("postgres://:p@h/d", "postgres://:***@h/d"),
        ("postgres://h/d?user=u&password=p&sslmode=require", "postgres://h/d?user=u&password=***&sslmode=require"),
        ("postgres://h/d?sslpassword=p", "postgres://h/d?sslpassword=***"),
        ("host=h password=p dbname=d", "host=h password=*** dbname=d"),
        ("host=h password = 'p w\\'x' dbname=d", "host=h password =*** dbname=d"),
        ("password=a\\ b host=h", "password=*** host=h"),
        ("password= a host=h", "password=*** host=h"),
        ("password='open to the end host=h", "password=***"),
        ("password=a&b host=h", "password=*** host=h"),
        ("password=a://b:c@d&e host=h", "password=*** host=h"),
        ("password=end\\", "password=***"),
        ("sslpassword=p scram_client_key=k b=c", "sslpassword=*** scram_client_key=*** b=c"),
        ("oauth_client_secret=s", "oauth_client_secret=***"),
        ("PGPASSWORD=p psql", "PGPASSWORD=*** psql"),
        ("could not connect to postgres://u:p@h/d: no", "could not connect to postgres://u:***@h/d: no"),
        ("two: a://u:p@h b://v:q@i", "two: a://u:***@h b://v:***@i"),
        ("password=\u{301}p host=h", "password=*** host=h"),
    ])
    func `takes the password out`(text: String, redacted: String) {
        #expect(Redaction.redacted(text) == redacted)
    }

    @Test(arguments: [
        "", "=", "@", "://@", "host=h user=u", "postgres://u@h/d", "postgres://h:5432/d", "http://localhost:5221/ws",
        "a=b@c", "passwords are a topic", "password", "p\u{FE0F}é://x",
    ])
    func `leaves alone what holds none`(text: String) {
        #expect(Redaction.redacted(text) == text)
    }

    @Test func `a text that never stops to look like a URL is one pass`() {
        let text = String(repeating: "://a:=", count: 20_000)
        #expect(Redaction.redacted(text) == text)
        #expect(Redaction.redacted(text + "@h").hasSuffix(":***@h"))
    }
}
