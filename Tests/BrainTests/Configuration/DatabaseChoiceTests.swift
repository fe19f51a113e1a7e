import Testing

@testable import Brain

struct DatabaseChoiceTests {
    @Test(arguments: ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"])
    func `a name of libpq's environment names a database`(name: String) throws {
        #expect(try read(environment: [name: "x"]).database == .external(conninfo: ""))
    }

    @Test func `PGUSER alone names none`() throws {
        let environment = ["PGUSER": "x", "PGPASSWORD": "x", "PGPORT": "1"]
        #expect(try read(environment: environment).database == .embedded(dataDirectory: ".brain"))
    }

    @Test func `DATABASE_URL wins over libpq's names, the flag over both`() throws {
        let environment = ["PGHOST": "a", "DATABASE_URL": "host=b"]
        #expect(try read(environment: environment).database == .external(conninfo: "host=b"))
        let flags = ["database-url": ["host=c"]]
        #expect(try read(flags: flags, environment: environment).database == .external(conninfo: "host=c"))
    }

    @Test func `libpq's names win over a file, as the environment does`() throws {
        let file = ConfigurationFile(path: "b.yaml", text: "database-url: host=a")
        #expect(try read(environment: ["PGHOST": "b"], file: file).database == .external(conninfo: ""))
        #expect(try read(file: file).database == .external(conninfo: "host=a"))
    }

    @Test func `a database that is named wins over a data directory`() throws {
        let flags = ["data-dir": ["/d"], "database-url": ["host=a"]]
        #expect(try read(flags: flags).database == .external(conninfo: "host=a"))
    }
}
