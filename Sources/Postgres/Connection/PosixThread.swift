import CLinux
import Glibc

/// A thread of pthreads(7) that runs one closure.
enum PosixThread {
    /// Starts a thread, which the caller joins or detaches.
    ///
    /// - Parameters:
    ///   - name: what `top -H` shows; the first 15 bytes count.
    ///   - body: what it runs; kept until that is over.
    /// - Returns: the thread.
    /// - Throws: ``PostgresError/resources(_:)`` where the process may have no further thread.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(PostgresError) -> pthread_t {
        var thread = pthread_t()
        let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
        let failure = pthread_create(&thread, nil, threadMain, start.toOpaque())
        guard failure == 0 else {
            start.release()
            throw .resources("no thread: \(String(cString: strerror(failure)))")
        }
        return thread
    }
}

private final class ThreadStart {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else {
        return nil
    }
    let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
    clinux_set_thread_name(start.name)
    start.body()
    return nil
}
