import Testing

@testable import Brain

struct FeedStandbyNamesTests {
    @Test(arguments: [
        "brain", "*", "\"*\"", "FIRST 1 (brain)", "ANY 2 (a, \"Brain\", c)", "2 (s1, BRAIN)", "s1,brain",
        " s1 , \"brain\" ",
        "FIRST 1(s1,*)",
    ])
    func `a setting that names Brain, or everybody, matches`(_ setting: String) {
        #expect(SynchronousStandbyNames(setting).match("brain"))
    }

    @Test(arguments: [
        "", " ", "s1", "FIRST 1 (s1, s2)", "ANY 1 (\"brain \", \"bra\"\"in\", brain2)", "\"brain", "()", "\"",
        "brain-1",
    ])
    func `any other doesn't, whatever it looks like`(_ setting: String) {
        #expect(SynchronousStandbyNames(setting).match("brain") == (setting == "\"brain"))
    }
}
