/// An order to let something go wrong, as `POST /api/debug/faults` takes it (contract §2).
struct FaultOrder: Sendable, Equatable {
    /// Where it goes wrong.
    enum Target: Sendable, Equatable {
        /// A child of the tree, by its id; whether there is one is the tree's matter.
        case child(String)
        /// A session, by a name that may be nobody's.
        case session(String)
    }

    /// Where.
    let target: Target
    /// What.
    let fault: PlantedFault
    /// For how many instances one after the other, or how many times as long it is slow.
    var times = 1
    /// How long after the order, and after each further start.
    var delay = Duration.zero

    /// What `times` may be.
    static let timesAllowed = 1...100
    /// What `after_ms` may be: an hour at most.
    static let delaysAllowed = 0...3_600_000
}

/// Everything that is wrong with an order, at least one thing.
struct FaultOrderRejection: Error, Equatable {
    let reasons: [String]
}

extension FaultOrder {
    /// Reads a request's body.
    ///
    /// - Parameter body: JSON, an object.
    /// - Returns: what it orders.
    /// - Throws: all that doesn't fit.
    static func parse(_ body: [UInt8]) throws(FaultOrderRejection) -> Self {
        let members: [FlatJSON.Member]
        do {
            members = try FlatJSON.members(of: body)
        } catch {
            throw FaultOrderRejection(reasons: [error.description])
        }
        var form = FaultOrderForm()
        for member in members { form.take(member) }
        return try form.order()
    }
}

/// An order in the making: what was given, and what is wrong with it so far.
private struct FaultOrderForm {
    private enum Field: String {
        case child
        case session
        case fault
        case times
        case delay = "after_ms"
    }

    private static let session = "session"

    private var given: [Field: FlatJSON.Value] = [:]
    private var reasons: [String] = []

    /// Null is as good as nothing.
    mutating func take(_ member: FlatJSON.Member) {
        guard let field = Field(rawValue: member.name) else {
            return self.reasons.append("unknown field \(RunDraft.shown(member.name))")
        }
        guard self.given.updateValue(member.value, forKey: field) == nil else {
            return self.reasons.append("\(field.rawValue) is given twice")
        }
    }

    mutating func order() throws(FaultOrderRejection) -> FaultOrder {
        let target = self.target()
        let fault = self.fault()
        let times = self.number(.times, default: 1, in: FaultOrder.timesAllowed)
        let delay = self.number(.delay, default: 0, in: FaultOrder.delaysAllowed)
        guard self.reasons.isEmpty, let target, let fault else { throw FaultOrderRejection(reasons: self.reasons) }
        return FaultOrder(target: target, fault: fault, times: times, delay: .milliseconds(delay))
    }

    private mutating func target() -> FaultOrder.Target? {
        guard let child = self.text(.child) else {
            self.reasons.append("child must be the name of a child of the tree, or session")
            return nil
        }
        guard child == Self.session else {
            if self.isGiven(.session) { self.reasons.append("session is for the child session alone") }
            return .child(child)
        }
        guard let session = self.text(.session) else {
            self.reasons.append("session must name one, such as s-000007")
            return nil
        }
        return .session(session)
    }

    private mutating func fault() -> PlantedFault? {
        let fault = self.text(.fault).flatMap { PlantedFault(rawValue: $0) }
        if fault == nil { self.reasons.append("fault must be throw, hang or slow") }
        return fault
    }

    private mutating func number(_ field: Field, default value: Int, in range: ClosedRange<Int>) -> Int {
        guard self.isGiven(field) else { return value }
        if case .number(let digits) = self.given[field], let number = Int(digits), range.contains(number) {
            return number
        }
        self.reasons.append("\(field.rawValue) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        return value
    }

    private func text(_ field: Field) -> String? {
        guard case .text(let text) = self.given[field] else { return nil }
        return text
    }

    private func isGiven(_ field: Field) -> Bool {
        self.given[field] != nil && self.given[field] != .null
    }
}
