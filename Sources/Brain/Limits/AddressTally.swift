/// How many things there are, in all and of each address; takes memory only for addresses that have any.
struct AddressTally: Sendable, Equatable {
    private(set) var total = 0
    private var byAddress: [IPAddress: Int] = [:]

    var addresses: Int { self.byAddress.count }

    subscript(address: IPAddress) -> Int { self.byAddress[address, default: 0] }

    mutating func add(_ address: IPAddress) {
        self.byAddress[address, default: 0] += 1
        self.total += 1
    }

    /// Does nothing where the address has none: a count never falls below zero.
    mutating func remove(_ address: IPAddress) {
        guard let count = self.byAddress[address] else { return }
        self.byAddress[address] = count > 1 ? count - 1 : nil
        self.total -= 1
    }
}
