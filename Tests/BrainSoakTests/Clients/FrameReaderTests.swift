import Testing

@testable import BrainSoak

struct FrameReaderTests {
    /// A frame out of its buffer.
    struct Seen: Equatable {
        let kind: ServerFrame.Kind
        let payload: [UInt8]
    }

    /// Frames of all kinds and of every way to write a length.
    private static let frames = [
        Seen(kind: .text, payload: []), Seen(kind: .text, payload: Array("a run".utf8)),
        Seen(kind: .ping, payload: [1, 2, 3]), Seen(kind: .text, payload: Array(repeating: 7, count: 125)),
        Seen(kind: .text, payload: Array(repeating: 8, count: 126)), Seen(kind: .ping, payload: []),
        Seen(kind: .close, payload: [0x03, 0xF4]),
    ]

    private static func bytes(_ frames: [Seen]) -> [UInt8] {
        frames.flatMap { Wire.frame($0.kind == .text ? 0x81 : $0.kind == .ping ? 0x89 : 0x88, $0.payload) }
    }

    private func read(_ pieces: [ArraySlice<UInt8>], _ reader: inout FrameReader) -> ([Seen], WireViolation?) {
        var seen: [Seen] = []
        for piece in pieces {
            let violation = Array(piece).withUnsafeBytes { bytes in
                reader.read(bytes) { frame in
                    seen.append(Seen(kind: frame.kind, payload: Array(frame.payload)))
                    return true
                }
            }
            if let violation { return (seen, violation) }
        }
        return (seen, nil)
    }

    private func read(_ pieces: [ArraySlice<UInt8>]) -> ([Seen], WireViolation?) {
        var reader = FrameReader()
        return self.read(pieces, &reader)
    }

    @Test func `frames are the same wherever their bytes are cut`() {
        let bytes = Self.bytes(Self.frames)
        for cut in 0...bytes.count {
            var reader = FrameReader()
            let (seen, violation) = self.read([bytes[..<cut], bytes[cut...]], &reader)
            #expect(seen == Self.frames && violation == nil && reader.held == 0, "cut at \(cut)")
        }
    }

    @Test func `frames come byte by byte`() {
        let bytes = Self.bytes(Self.frames)
        #expect(self.read(bytes.indices.map { bytes[$0...$0] }).0 == Self.frames)
    }

    @Test(arguments: [65_535, 65_536, FrameReader.payloadLimit])
    func `a long frame comes in pieces`(_ length: Int) {
        let bytes = Wire.frame(0x81, Array(repeating: 0x61, count: length))
        let pieces = stride(from: 0, to: bytes.count, by: 10_007).map { bytes[$0..<min($0 + 10_007, bytes.count)] }
        #expect(self.read(pieces).0.map(\.payload.count) == [length])
    }

    @Test func `only the beginning of a frame is held`() {
        var reader = FrameReader()
        let bytes = Wire.text("whole") + Wire.text("broken off").dropLast(3)
        _ = self.read([bytes[...]], &reader)
        #expect(reader.held == 9)
    }

    @Test(arguments: [
        [0x01, 0x00], [0x80, 0x00], [0x82, 0x00], [0x8A, 0x00], [0xC1, 0x00], [0x81, 0x80], [0x89, 126, 0, 126],
        [0x88, 0x01, 0x03], [0x81, 126, 0, 125], [0x81, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF],
        [0x81, 127, 0, 0, 0, 0, 0, 2, 0, 1], [0x81, 127, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ])
    func `what a server may not send is a violation`(_ frame: [UInt8]) {
        let (seen, violation) = self.read([(Wire.text("first") + frame)[...]])
        #expect(seen.count == 1)
        #expect(violation != nil)
    }

    @Test func `what follows the last wanted frame is dropped`() {
        var (reader, count) = (FrameReader(), 0)
        let bytes = Wire.close(1012) + [0xFF, 0xFF, 0xFF]
        let violation = bytes.withUnsafeBytes { bytes in
            reader.read(bytes) { _ in
                count += 1
                return false
            }
        }
        #expect(violation == nil && count == 1 && reader.held == 0)
    }

    @Test func `random bytes end in a violation or in nothing`() {
        var random = ClientRandom(seed: 11, client: 0)
        for _ in 0..<2000 {
            var bytes = (0..<Int.random(in: 0...64, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if !bytes.isEmpty, Bool.random(using: &random) { bytes[0] = 0x81 }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            var reader = FrameReader()
            _ = self.read([bytes[..<cut], bytes[cut...]], &reader)
            #expect(reader.held <= bytes.count)
        }
    }
}
