import Testing

@testable import BrainSoak

struct ClientAgentTests {
    @Test(arguments: ClientKind.allCases)
    func `a client is found by what it calls itself`(_ kind: ClientKind) {
        let agent = ClientAgent(client: 17, kind: kind)
        #expect(ClientAgent(agent.text) == agent)
        let request = String(decoding: UpgradeAnswer.request(port: 80, agent: agent), as: UTF8.self)
        #expect(request.contains("\r\nUser-Agent: soak/17/\(kind.rawValue)\r\n"))
    }

    @Test(arguments: ["", "curl/8", "soak/17", "soak/x/steady", "soak/-1/steady", "soak/1/steady/2", "soak/1/fast"])
    func `who calls itself otherwise is no client of the soak`(_ text: String) {
        #expect(ClientAgent(text) == nil)
    }
}
