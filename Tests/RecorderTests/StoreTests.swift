import Foundation
import Gzip
import Testing

@testable import Recorder

@Suite("The ring between the sampler and the disk")
struct LineRingTests {
    private func take(_ ring: LineRing, room: Int = 4096) -> (text: String, batch: LineRing.Batch) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
        defer { buffer.deallocate() }
        let batch = ring.take(into: buffer, waiting: 0)
        return (String(decoding: buffer.prefix(batch.count), as: UTF8.self), batch)
    }

    private func push(_ ring: LineRing, _ text: String) {
        let bytes = Array((text + "\n").utf8)
        bytes.withUnsafeBytes { ring.push($0) }
    }

    @Test("gives lines back in order, whole, however its end wraps around", arguments: 1...40)
    func order(length: Int) {
        let ring = LineRing(capacity: 100)
        var expected: [String] = []
        var got: [Substring] = []
        for index in 0..<60 {
            let line = String(repeating: "x", count: (index * 7 + length) % 40) + "\(index)"
            push(ring, line)
            expected.append(line)
            got += take(ring).text.split(separator: "\n")
        }
        #expect(got.map(String.init) == expected)
    }

    @Test("drops the oldest when it is full, and counts them once")
    func overflow() {
        let ring = LineRing(capacity: 64)
        for index in 0..<20 { push(ring, "line number \(index)") }
        let (text, batch) = take(ring)
        let lines = text.split(separator: "\n")
        #expect(lines.last == "line number 19")
        #expect(batch.lost + lines.count == 20)
        #expect(take(ring).batch.lost == 0)
    }

    @Test("counts a line that is larger than all of it")
    func tooLarge() {
        let ring = LineRing(capacity: 16)
        push(ring, String(repeating: "y", count: 100))
        #expect(take(ring).batch.lost == 1)
    }

    @Test("gives only whole lines to a buffer that is too small for all")
    func smallBuffer() {
        let ring = LineRing(capacity: 1000)
        for index in 0..<10 { push(ring, "line \(index)") }
        let (text, batch) = take(ring, room: 20)
        #expect(text == "line 0\nline 1\n")
        #expect(!batch.isLast)
    }

    @Test("says when there will be no more")
    func closed() {
        let ring = LineRing(capacity: 100)
        push(ring, "last")
        ring.close()
        let (text, batch) = take(ring)
        #expect(text == "last\n")
        #expect(batch.isLast)
    }
}

@Suite("The folder of segments")
struct SegmentFolderTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "segments-\(UUID().uuidString)/a/b").path

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { $0 != "lock" }.sorted()
    }

    private func add(_ folder: SegmentFolder, _ text: String, at second: Int = 0) {
        #expect(folder.openSegment(at: timespec(tv_sec: 1_772_359_200 + second, tv_nsec: 0)) == 0)
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBytes { folder.append($0) } == bytes.count)
        folder.finishSegment()
    }

    @Test("is made with its parents, and its segments are named after time and number")
    func naming() throws {
        let folder = try SegmentFolder(path: path, keep: 1 << 20)
        add(folder, "a\n")
        add(folder, "b\n", at: -3600)
        #expect(
            try names() == ["20260301T090000Z-000002.jsonl", "20260301T100000Z-000001.jsonl"])
    }

    @Test("lets one recorder in")
    func lock() throws {
        let folder = try SegmentFolder(path: path, keep: 1 << 20)
        let error = #expect(throws: RecorderError.self) { try SegmentFolder(path: path, keep: 1 << 20) }
        #expect(error?.description.contains("pid \(ProcessInfo.processInfo.processIdentifier)") == true)
        withExtendedLifetime(folder) {}
    }

    @Test("is free again when its recorder is gone, and goes on counting")
    func reopened() throws {
        try { add(try SegmentFolder(path: path, keep: 1 << 20), "a\n") }()
        add(try SegmentFolder(path: path, keep: 1 << 20), "b\n")
        #expect(try names().map { String($0.suffix(12)) } == ["000001.jsonl", "000002.jsonl"])
    }

    @Test("drops the oldest to stay within its bounds, by number where the clock was set back")
    func bounds() throws {
        let folder = try SegmentFolder(path: path, keep: 2500)
        for index in 0..<5 { add(folder, String(repeating: "x", count: 999) + "\n", at: -index * 3600) }
        folder.keepWithinBounds()
        #expect(try names() == ["20260301T060000Z-000005.jsonl", "20260301T070000Z-000004.jsonl"])
    }

    @Test("compresses finished segments into files that gzip reads")
    func compressed() throws {
        let folder = try SegmentFolder(path: path, keep: 1 << 20)
        let text = (0..<5000).map { "{\"line\":\($0)}\n" }.joined()
        add(folder, text)
        #expect(folder.compressOne())
        #expect(!folder.compressOne())
        #expect(try names() == ["20260301T100000Z-000001.jsonl.gz"])
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path + "/20260301T100000Z-000001.jsonl.gz"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        #expect(output == Data(text.utf8))
        #expect(process.terminationStatus == 0)
    }

    @Test("tidies what a recorder left that was cut off")
    func leftovers() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for name in [
            "20260301T100000Z-000001.jsonl", "20260301T100000Z-000001.jsonl.gz", "20260301T110000Z-000002.jsonl",
            "20260301T110000Z-000002.jsonl.gz.part", "notes.txt",
        ] {
            try Data("{}\n".utf8).write(to: URL(filePath: path + "/" + name))
        }
        let folder = try SegmentFolder(path: path, keep: 1 << 20)
        #expect(
            try names() == ["20260301T100000Z-000001.jsonl.gz", "20260301T110000Z-000002.jsonl", "notes.txt"])
        #expect(folder.compressOne())
        add(folder, "c\n")
        #expect(try names().contains("20260301T100000Z-000003.jsonl"))
    }

    @Test("leaves alone what no recorder wrote, whatever it is called")
    func strangers() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let names = [
            "20260301T100000Z-9223372036854775807.jsonl", "20260301T100000Z-+5.jsonl", "notes-3.jsonl", "film.part",
            "notes-3.jsonl.gz.part", "20260301T100000Z-000008.jsonl", "20260301T100000Z-000009.jsonl",
            "20260301T100000Z-000010.jsonl",
        ]
        for name in names.dropLast(3) { try Data("mine\n".utf8).write(to: URL(filePath: path + "/" + name)) }
        #expect(mkfifo(path + "/" + names[5], 0o600) == 0)
        #expect(mkdir(path + "/" + names[6], 0o700) == 0)
        #expect(symlink("/dev/zero", path + "/" + names[7]) == 0)
        let folder = try SegmentFolder(path: path, keep: 1)
        #expect(!folder.compressOne())
        add(folder, "a\n")
        folder.keepWithinBounds()
        #expect(try self.names() == names.sorted())
    }

    @Test("begins anew when it is deleted while it is written", arguments: [true, false])
    func deleted(isWholeFolder: Bool) throws {
        let folder = try SegmentFolder(path: path, keep: 1 << 20)
        add(folder, "a\n")
        #expect(folder.openSegment(at: timespec(tv_sec: 1_772_359_200, tv_nsec: 0)) == 0)
        #expect(!folder.isDeleted)
        for name in isWholeFolder ? [""] : try names() + ["lock"] {
            try FileManager.default.removeItem(atPath: path + "/" + name)
        }
        #expect(folder.isDeleted)
        try folder.startOver()
        #expect(!folder.isDeleted)
        add(folder, "b\n", at: 60)
        #expect(try names() == ["20260301T100100Z-000003.jsonl"])
        #expect(throws: RecorderError.self) { try SegmentFolder(path: path, keep: 1 << 20) }
    }

    @Test("is made again when it was deleted between two segments")
    func deletedBetween() throws {
        let folder = try SegmentFolder(path: path, keep: 1 << 20)
        add(folder, "a\n")
        try FileManager.default.removeItem(atPath: path)
        add(folder, "b\n")
        #expect(try names().count == 1)
    }

    @Test("that cannot be made says so")
    func impossible() {
        let error = #expect(throws: RecorderError.self) { try SegmentFolder(path: "/dev/null/x", keep: 1 << 20) }
        #expect(error?.description.contains("/dev/null/x") == true)
        #expect(error?.description.contains("--store") == true)
    }
}

@Suite("A line of JSON")
struct JSONLineTests {
    private func text(_ body: (JSONLine) -> Void, capacity: Int = 4096) -> String {
        let line = JSONLine(capacity: capacity)
        line.object { body(line) }
        return String(decoding: line.bytes, as: UTF8.self)
    }

    @Test(
        "has numbers with no more digits than asked for",
        arguments: [
            (0.0, 1, "0"), (0.04, 1, "0"), (0.05, 1, "0.1"), (-0.04, 1, "0"), (-1.25, 2, "-1.25"), (99.96, 1, "100"),
            (1.005, 3, "1.005"), (123_456_789.5, 0, "123456790"), (8e15, 9, "8000000000000000"),
        ])
    func decimals(value: Double, digits: Int, expected: String) {
        #expect(text { $0.field("x", value, digits: digits) } == "{\"x\":\(expected)}")
    }

    @Test("leaves out what is no number", arguments: [Double.nan, .infinity, -.infinity, 1e300])
    func noNumbers(value: Double) {
        #expect(text { $0.field("x", value, digits: 1) } == "{}")
    }

    @Test("has whole numbers of any size", arguments: [Int.min, -1, 0, 9, 10, Int.max])
    func integers(value: Int) {
        #expect(text { $0.field("x", value) } == "{\"x\":\(value)}")
    }

    @Test("is never written past its end, and says so")
    func overfull() {
        for capacity in 1..<60 {
            let line = JSONLine(capacity: capacity)
            line.object {
                line.field("number", 1234)
                line.field("text", "abcdefghijklmnop" as String)
                line.field("share", 12.5, digits: 1)
            }
            #expect(line.isOverfull == (capacity < 54))
            #expect(line.count <= capacity)
        }
    }

    @Test("forgets what is rewound")
    func rewound() {
        let made = text { line in
            line.field("a", 1)
            let place = line.place
            line.array("b") {}
            line.rewind(to: place)
            line.field("c", 2)
        }
        #expect(made == "{\"a\":1,\"c\":2}")
    }

    @Test("has dates as the calendar does")
    func dates() {
        for seconds in stride(from: -2_208_988_800, to: 4_102_444_800, by: 8_640_007) {
            let made = text { $0.field("t", time: timespec(tv_sec: seconds, tv_nsec: 7_000_000)) }
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            let expected = Date(timeIntervalSince1970: Double(seconds) + 0.0075).formatted(style)
            #expect(made == "{\"t\":\"\(expected)\"}")
        }
    }
}
