import CrashModel
import Foundation
import Gzip
import Testing

@testable import Recording

private let start = Date(timeIntervalSince1970: 1_772_000_000)

@Suite struct RecordingStoreTests {
    @Test(
        "What was written is read, with file and line, plain and compressed, in any order of keys",
        arguments: [false, true], [false, true])
    func roundTrip(gzip: Bool, isNatural: Bool) throws {
        let folder = try FakeStore()
        var recorder = FakeRecorder(clock: start, uptime: 100, isNatural: isNatural)
        let file = try folder.write(try recorder.header() + recorder.samples(5), at: start, number: 1, gzip: gzip)
        let recording = try folder.store.read(.init())
        #expect(recording.samples.map(\.sample.uptime) == [100, 101, 102, 103, 104])
        #expect(recording.samples.map(\.line) == [2, 3, 4, 5, 6])
        #expect(recording.samples.allSatisfy { $0.source == file && $0.boot == "boot-1" })
        let first = try #require(recording.samples.first?.sample)
        #expect(first == FakeRecorder(clock: start, uptime: 100).sample())
        #expect(recording.headers.map(\.host) == ["node17"])
        #expect(recording.problems.isEmpty && recording.gaps.isEmpty)
    }

    @Test("A store torn at any byte gives every whole line before it, and says what is torn")
    func torn() throws {
        let folder = try FakeStore()
        var recorder = FakeRecorder(clock: start, uptime: 100)
        let bytes = try recorder.header() + recorder.samples(2)
        let ends = bytes.indices.filter { bytes[$0] == 0x0a }
        for cut in bytes.indices {
            try folder.write(bytes[..<cut], at: start, number: 1)
            let recording = try folder.store.read(.init())
            // A line that lacks nothing but its newline is whole.
            let whole = ends.count { $0 <= cut }
            #expect(recording.headers.count + recording.samples.count == whole, "cut at \(cut)")
            let isTorn = cut > 0 && !ends.contains(cut) && !ends.contains(cut - 1)
            #expect(recording.problems.map(\.kind) == (isTorn ? [.unfinished] : []), "cut at \(cut)")
        }
    }

    @Test("A compressed segment torn anywhere gives its beginning and a problem, and never crashes")
    func tornGzip() throws {
        let folder = try FakeStore()
        var recorder = FakeRecorder(clock: start, uptime: 100)
        let file = try folder.write(try recorder.header() + recorder.samples(400), at: start, number: 1, gzip: true)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
        var most = 0
        for cut in stride(from: 1, to: bytes.count - 1, by: 37) {
            try Data(bytes[..<cut]).write(to: URL(fileURLWithPath: file))
            let recording = try folder.store.read(.init())
            #expect(recording.problems.contains { $0.kind == .unreadable && $0.source == file }, "cut at \(cut)")
            #expect(recording.samples.count >= most - 1)
            most = max(most, recording.samples.count)
        }
        #expect(most > 300)
        for place in stride(from: 0, to: bytes.count, by: 53) {
            var damaged = bytes
            damaged[place] ^= 0x55
            try Data(damaged).write(to: URL(fileURLWithPath: file))
            #expect(try folder.store.read(.init()).samples.count <= 400)
        }
    }

    @Test("Junk between lines is passed over, counted and named by its first line")
    func junk() throws {
        let folder = try FakeStore()
        var recorder = FakeRecorder(clock: start, uptime: 100)
        var bytes = try recorder.header() + recorder.samples(1)
        bytes += Array("{\"t\":\"2026-02-25T06:13:21.000Z\",\"up\":1,\"mem\n".utf8)
        bytes += [0, 0xff, 0xfe, 0x1b, 0x0a] + Array("{}\n[]\nnull\n\n".utf8)
        bytes += Array("{\"t\":\"2026-02-25T06:13:21.000Z\",\"up\":1,\"memory\":{\"total\":1e400}}\n".utf8)
        bytes += [UInt8](repeating: 0x5b, count: 5000) + [0x0a]
        bytes += Array("{\"mark\":\"from-the-future\",\"t\":\"2026-02-25T06:13:21.000Z\",\"up\":1}\n".utf8)
        bytes += Array("{\"schema\":\"faultline.recording/9\",\"t\":\"2026-02-25T06:13:21.000Z\",\"new\":1}\n".utf8)
        bytes += [UInt8](repeating: 0x61, count: 3 << 20) + [0x0a]
        bytes += Array("{\"t\":\"2026-02-25T06:13:21.000Z\",\"up\":101,\"tea\":\"hot\"}\r\n".utf8)
        bytes += try recorder.samples(1)
        let file = try folder.write(bytes, at: start, number: 1)
        let recording = try folder.store.read(.init())
        #expect(recording.samples.map(\.line) == [2, 14, 15])
        #expect(
            Set(recording.problems) == [
                RecordingProblem(.damaged, source: file, line: 3, count: 7),
                RecordingProblem(.foreign, source: file, line: 11, count: 2),
                RecordingProblem(.tooLong, source: file, line: 13),
            ])
    }

    @Test("A window opens only what it needs", arguments: [(0.0, 10.0), (950, 1000), (3590, 3610), (8000, 9000)])
    func window(from: Double, to: Double) throws {
        let folder = try FakeStore()
        var recorder = FakeRecorder(clock: start, uptime: 100, interval: 10)
        for number in 1...40 {
            let clock = recorder.clock
            try folder.write(try recorder.header() + recorder.samples(30), at: clock, number: number, gzip: number < 40)
        }
        let recording = try folder.store.read(.init(from: start + from, to: start + to))
        let expected = stride(from: 0.0, to: 12000, by: 10).filter { $0 >= from && $0 <= to }
        #expect(recording.samples.map { $0.sample.time.timeIntervalSince(start) } == expected)
        #expect(recording.headers.count <= Int((to - from) / 300) + 4)
    }

    @Test("An hour that was lived twice is found twice, in the order of writing", arguments: [-3600.0, -5400, 7200])
    func clockSet(shift: Double) throws {
        let folder = try FakeStore()
        var recorder = FakeRecorder(clock: start, uptime: 100, interval: 10)
        var all: [MachineSample] = []
        for number in 1...24 {
            let clock = recorder.clock
            var bytes = try recorder.header()
            for index in 0..<60 {
                // In the middle of a segment.
                if number == 12, index == 30 { recorder.clock += shift }
                all.append(recorder.sample())
                bytes += try recorder.samples(1)
            }
            try folder.write(bytes, at: clock, number: number, gzip: number % 2 == 0)
        }
        for from in stride(from: -4000.0, to: 22000, by: 700) {
            let query = RecordingStore.Query(from: start + from, to: start + from + 400)
            let found = try folder.store.read(query).samples.map(\.sample.uptime)
            let expected = all.filter { $0.time >= start + from && $0.time <= start + from + 400 }.map(\.uptime)
            #expect(found == expected, "from \(from)")
        }
        let gaps = try folder.store.read(.init()).gaps
        #expect(gaps.map(\.kind) == [.clock])
        #expect(abs(try #require(gaps.first?.shift) - shift) < 0.01)
    }

    @Test("Two boots are told apart, though the clock of the second began in 1970")
    func boots() throws {
        let folder = try FakeStore()
        var first = FakeRecorder(clock: start, uptime: 5000)
        try folder.write(try first.header() + first.samples(10), at: start, number: 1)
        let late = start + 500
        var second = FakeRecorder(boot: "boot-2", clock: late, uptime: 20, pid: 99)
        try folder.write(try second.header() + second.samples(5), at: late, number: 2)
        let old = Date(timeIntervalSince1970: 100)
        var third = FakeRecorder(boot: "boot-3", clock: old, uptime: 9)
        try folder.write(try third.header() + third.samples(3), at: old, number: 3)
        let all = try folder.store.read(.init())
        #expect(
            all.samples.map(\.boot) == Array(repeating: "boot-1", count: 10) + Array(repeating: "boot-2", count: 5)
                + Array(repeating: "boot-3", count: 3))
        #expect(all.gaps.map(\.kind) == [.reboot, .reboot])
        #expect(all.gaps.map(\.seconds) == [491, 0])
        #expect(try folder.store.read(.init(boot: "boot-2")).samples.count == 5)
        #expect(try folder.store.read(.init(from: late, to: late + 60)).samples.count == 5)
        #expect(try folder.store.read(.init(to: old + 60)).samples.count == 3)
        #expect(try folder.store.lastSample()?.sample.uptime == 11)
    }

    @Test("Gaps say why: stopped, lost, silent", arguments: [true, false])
    func gaps(isNatural: Bool) throws {
        let folder = try FakeStore()
        var recorder = FakeRecorder(clock: start, uptime: 100, isNatural: isNatural)
        var bytes = try recorder.header() + recorder.samples(3) + recorder.mark(.gap, lost: 12, why: "slow disk")
        (recorder.clock, recorder.uptime) = (recorder.clock + 12, recorder.uptime + 12)
        bytes += try recorder.samples(2)
        (recorder.clock, recorder.uptime) = (recorder.clock + 60, recorder.uptime + 60)
        bytes += try recorder.samples(2) + recorder.mark(.stop, why: "SIGTERM")
        try folder.write(bytes, at: start, number: 1)
        (recorder.clock, recorder.uptime, recorder.pid) = (recorder.clock + 300, recorder.uptime + 300, 4)
        try folder.write(try recorder.header() + recorder.samples(2), at: recorder.clock, number: 2)
        for isOutline in [false, true] {
            var query = RecordingStore.Query()
            query.isOutline = isOutline
            let gaps = try folder.store.read(query).gaps
            #expect(gaps.map(\.kind) == [.lost, .silent, .stopped])
            #expect(gaps.map(\.seconds) == [13, 61, 301])
            #expect(gaps.map(\.why) == ["slow disk", nil, "SIGTERM"])
            #expect(gaps.first?.lost == 12)
        }
    }

    @Test("A segment that is there both plain and compressed is read once")
    func twice() throws {
        let folder = try FakeStore()
        var recorder = FakeRecorder(clock: start, uptime: 100)
        let file = try folder.write(try recorder.header() + recorder.samples(4), at: start, number: 1)
        try FakeStore.compress(file, to: file + ".gz")
        // What is left of a compression that did not come to its end, and what else lies around.
        for name in ["lock", "x.jsonl", "20260225T061320Z-1.jsonl.gz.tmp", "99999999T999999Z-000001.jsonl"] {
            try Data("x".utf8).write(to: URL(fileURLWithPath: folder.path + "/" + name))
        }
        try FileManager.default.createDirectory(
            atPath: folder.path + "/20260225T061320Z-000007.jsonl", withIntermediateDirectories: false)
        let recording = try folder.store.read(.init())
        #expect(recording.samples.count == 4 && recording.samples.allSatisfy { $0.source == file })
        #expect(recording.problems.isEmpty)
    }

    @Test("A store without samples, a missing folder and one that is a file are told apart")
    func nothing() throws {
        let folder = try FakeStore()
        #expect(try folder.store.read(.init()).samples.isEmpty)
        #expect(try folder.store.lastSample() == nil)
        try folder.write([], at: start, number: 1)
        #expect(try folder.store.read(.init(from: start)).problems.isEmpty)
        let missing = RecordingStore(folder: folder.path + "/none")
        let error = try #require(throws: RecordingError.self) { try missing.read(.init()) }
        #expect(error.kind == .missing && error.description.contains("faultline record"))
        let file = RecordingStore(folder: folder.path + "/" + FakeStore.name(start, 1))
        #expect(try #require(throws: RecordingError.self) { try file.segments() }.kind == .unreadable)
    }

    @Test("A folder that may not be read is said to be so", .disabled(if: geteuid() == 0, "root reads everything"))
    func forbidden() throws {
        let folder = try FakeStore()
        chmod(folder.path, 0o000)
        let error = try #require(throws: RecordingError.self) { try folder.store.read(.init()) }
        #expect(error.kind == .unreadable && error.description.contains("as root"))
    }

    @Test("A pipe that bears a segment's name is not waited for")
    func pipe() throws {
        let folder = try FakeStore()
        mkfifo(folder.path + "/" + FakeStore.name(start, 1), 0o600)
        #expect(try folder.store.read(.init()).samples.isEmpty)
    }

    @Test("A segment larger than any recorder writes is read to some length, and that is said")
    func tooLarge() throws {
        let folder = try FakeStore()
        let file = try folder.write([0x0a], at: start, number: 1)
        // A hole, which takes no disk.
        #expect(truncate(file, off_t(RecordingSegment.largest) + 1) == 0)
        let problems = try folder.store.read(.init()).problems
        #expect(problems.contains { $0.kind == .unreadable && $0.description.contains("more than 67108864 bytes") })
    }

    @Test("What opens out to more than is allowed is given up to there", arguments: [(99_999, false), (100_000, true)])
    func bomb(most: Int, isWhole: Bool) throws {
        let folder = try FakeStore()
        let file = try folder.write([UInt8](repeating: 0x78, count: 100_000), at: start, number: 1, gzip: true)
        var reader = try GzipReader(descriptor: open(file, O_RDONLY), isGzip: true, most: most)
        var buffer = [UInt8](repeating: 0, count: 1000)
        var given = 0
        var error: GzipError?
        do {
            while case let got = try buffer.withUnsafeMutableBytes({ try reader.read(into: $0) }), got > 0 {
                given += got
            }
        } catch let problem as GzipError {
            error = problem
        }
        #expect(given == (isWhole ? 100_000 : 99_000))
        #expect((error == nil) == isWhole)
    }

    @Test("Anything can be compressed and read back", arguments: [0, 1, 65535, 65536, 65537, 1 << 20])
    func gzip(size: Int) throws {
        let folder = try FakeStore()
        let plain = folder.path + "/plain"
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }
        try Data(bytes).write(to: URL(fileURLWithPath: plain))
        try FakeStore.compress(plain, to: plain + ".gz")
        var reader = try GzipReader(descriptor: open(plain + ".gz", O_RDONLY), isGzip: true)
        var back: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1000)
        while true {
            let got = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
            if got == 0 { break }
            back += buffer[..<got]
        }
        #expect(back == bytes)
    }

    @Test("The folder is the user's, or the service's where only that one is")
    func folders() throws {
        let folder = try FakeStore()
        let state = ["XDG_STATE_HOME": folder.path, "HOME": "/home/a"]
        let own = folder.path + "/faultline/recording"
        #expect(RecordingStore.defaultFolder(environment: state, serviceFolder: "/nonexistent") == own)
        #expect(RecordingStore.defaultFolder(environment: state, serviceFolder: folder.path) == folder.path)
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        #expect(RecordingStore.defaultFolder(environment: state, serviceFolder: folder.path) == own)
        #expect(
            RecordingStore.ownFolder(environment: ["XDG_STATE_HOME": "relative", "HOME": "/home/a"])
                == "/home/a/.local/state/faultline/recording")
    }

    @Test("Status tells a running recorder from one that is gone and one that is stuck")
    func status() throws {
        let folder = try FakeStore()
        var recorder = FakeRecorder(clock: start, uptime: 100, pid: 2_000_000_000)
        try folder.write(try recorder.header() + recorder.samples(10), at: start, number: 1)
        let gone = try folder.store.status(now: start + 10)
        #expect(gone.isRunning == false && !gone.isFresh && gone.samples == 10 && gone.age == 1)
        #expect(gone.missing == ["gpu: no driver found"] && gone.pid == 2_000_000_000 && gone.segments == 1)
        let lock = open(folder.path + "/lock", O_RDWR | O_CREAT, 0o600)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        let fresh = try folder.store.status(now: start + 12)
        #expect(fresh.isRunning == true && fresh.isFresh && fresh.since == start)
        #expect(try !folder.store.status(now: start + 100).isFresh)
    }
}
