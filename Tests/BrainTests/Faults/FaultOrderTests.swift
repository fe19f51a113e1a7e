import Testing

@testable import Brain

@Suite struct FaultOrderTests {
    private func parse(_ text: String) throws(FaultOrderRejection) -> FaultOrder {
        try FaultOrder.parse(Array(text.utf8))
    }

    private func reasons(_ text: String) -> [String] {
        do throws(FaultOrderRejection) {
            _ = try self.parse(text)
            return []
        } catch {
            return error.reasons
        }
    }

    @Test func `names a child and a fault, which strikes once and at once`() throws {
        let order = try self.parse(#"{"child":"broadcaster","fault":"throw"}"#)
        #expect(order == FaultOrder(target: .child("broadcaster"), fault: .failure))
        #expect(order.times == 1 && order.delay == .zero)
    }

    @Test func `names a session, how often, and after how long`() throws {
        let order = try self.parse(
            #"{"child":"session","session":"s-000007","fault":"hang","times":3,"after_ms":250}"#
        )
        #expect(order.target == .session("s-000007") && order.fault == .silence)
        #expect(order.times == 3 && order.delay == .milliseconds(250))
    }

    @Test func `takes null for nothing`() throws {
        let order = try self.parse(#"{"child":"auditor","session":null,"fault":"slow","times":null,"after_ms":null}"#)
        #expect(order == FaultOrder(target: .child("auditor"), fault: .slowness))
    }

    @Test(arguments: [
        ("", "no JSON"), ("[]", "must be a JSON object"), (#"{"fault":"throw"}"#, "child must be"),
        (#"{"child":7,"fault":"throw"}"#, "child must be"), (#"{"child":"auditor"}"#, "fault must be"),
        (#"{"child":"auditor","fault":"die"}"#, "fault must be"),
        (#"{"child":"session","fault":"throw"}"#, "session must name"),
        (#"{"child":"auditor","session":"s-000001","fault":"throw"}"#, "for the child session alone"),
        (#"{"child":"auditor","fault":"throw","times":0}"#, "times must be a whole number from 1 to 100"),
        (#"{"child":"auditor","fault":"throw","times":1.5}"#, "times must be"),
        (#"{"child":"auditor","fault":"throw","times":"2"}"#, "times must be"),
        (#"{"child":"auditor","fault":"throw","after_ms":-1}"#, "after_ms must be"),
        (#"{"child":"auditor","fault":"throw","after_ms":3600001}"#, "from 0 to 3600000"),
        (#"{"child":"auditor","fault":"throw","fault":"hang"}"#, "fault is given twice"),
        (#"{"child":"auditor","fault":"throw","when":"now"}"#, #"unknown field "when""#),
    ])
    func `says what doesn't fit`(text: String, reason: String) {
        let reasons = self.reasons(text)
        #expect(reasons.count == 1)
        #expect(reasons.first?.contains(reason) == true, "\(reasons)")
    }

    @Test func `names everything that doesn't fit at once`() {
        #expect(self.reasons(#"{"times":0,"after_ms":"soon","x":1}"#).count == 5)
    }
}
