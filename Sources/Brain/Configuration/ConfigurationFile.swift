import Glibc

/// A file of settings as it was found: its text, or why there is none.
package struct ConfigurationFile: Sendable {
    /// The path as it was given.
    package let path: String
    let text: Result<String, Unreadable>

    /// Why a file has no text, in words that go after its path.
    struct Unreadable: Error {
        let problem: String
    }

    /// The most bytes that are read: a larger file is another one than was meant.
    static let limitBytes = 1 << 20

    /// Makes a file that holds `text`.
    package init(path: String, text: String) {
        self.path = path
        self.text = .success(text)
    }

    /// Reads the file at `path`, at most 1 MiB of UTF-8; a file that can't be read is told by `Configuration.read`.
    ///
    /// Blocks for as long as the file system takes.
    package init(reading path: String) {
        self.path = path
        self.text = Result { () throws(Unreadable) in try Self.contents(path) }
    }

    private static func contents(_ path: String) throws(Unreadable) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Unreadable(problem: "can't be opened: \(reason(errno))") }
        defer { close(descriptor) }
        guard let text = String(validating: try bytes(descriptor), as: UTF8.self) else {
            throw Unreadable(problem: "is not UTF-8 text; YAML or JSON in UTF-8 is read")
        }
        return text
    }

    private static func bytes(_ descriptor: Int32) throws(Unreadable) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= limitBytes {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Unreadable(problem: "can't be read: \(reason(errno))") }
            bytes += chunk.prefix(count)
        }
        throw Unreadable(problem: "is larger than \(limitBytes) bytes, which no file of settings is")
    }

    private static func reason(_ number: Int32) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}
