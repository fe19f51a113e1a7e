import Testing

/// Things that happened, one at a time and in order; who asks for the next one waits for it.
final class Probe<Element: Sendable>: Sendable {
    private let stream: AsyncStream<Element>
    private let continuation: AsyncStream<Element>.Continuation

    init() {
        (self.stream, self.continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1024))
    }

    func send(_ element: Element) {
        self.continuation.yield(element)
    }

    func next() async throws -> Element {
        var iterator = self.stream.makeAsyncIterator()
        return try #require(await iterator.next())
    }

    func next(_ count: Int) async throws -> [Element] {
        var elements: [Element] = []
        while elements.count < count { elements.append(try await self.next()) }
        return elements
    }

    /// Waits until the probe is told to go on, or the caller is cancelled.
    func wait() async {
        var iterator = self.stream.makeAsyncIterator()
        _ = await iterator.next()
    }
}

/// Tells the probe when the last one who holds it is gone.
final class ReleaseToken: Sendable {
    private let probe: Probe<Void>

    init(probe: Probe<Void>) {
        self.probe = probe
    }

    deinit { self.probe.send(()) }
}
