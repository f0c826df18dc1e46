import BuiltInRules
import CrashModel
import Diagnosis
import Foundation
import Logs
import Rules
import Scanning
import TestSupport
import Testing

@testable import Following

/// A folder of logs that is followed by a made-up clock, and all that was told of it.
final class FollowedFolder: FollowListener {
    let folder: String
    private(set) var crashes: [Incident] = []
    private(set) var changes: [FollowedChange] = []
    private(set) var wentOn: [Incident] = []
    private(set) var notes: [String] = []
    private(set) var recorded: [Incident] = []
    private(set) var now = 1000.0
    private(set) var follower: Follower?

    init() throws {
        folder = NSTemporaryDirectory() + "faultline-follow-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func tell(_ news: FollowNews) {
        switch news {
        case .crash(let incident): crashes.append(incident)
        case .changed(_, _, let how, _): changes.append(how)
        case .wentOn(let incident, _): wentOn.append(incident)
        case .note(let note): notes.append(note)
        }
    }

    func record(_ incidents: [Incident]) { recorded += incidents }

    func path(_ name: String) -> String { folder + "/" + name }

    static let book = RuleBook.builtIn

    static func scanner() throws -> LiteralScanner { LiteralScanner(try CompiledRules(book), timeZone: .gmt) }

    static func diagnose(_ scans: [SourceScan]) -> [Incident] {
        Diagnostician(book, timeZone: .gmt, keepsOldTrouble: true).diagnose(scans)
    }

    func start(_ names: [String]? = nil, fromStart: Bool = false, polls: Bool = false) throws {
        let follower = Follower(
            FollowConfiguration(paths: names.map { $0.map(path) } ?? [folder], fromStart: fromStart, polls: polls),
            tools: FollowTools(scanner: try Self.scanner(), diagnose: Self.diagnose), listener: self)
        self.follower = follower
        follower.start(now: now)
        pass(1.2)
    }

    /// Lets time pass, with a look in between as the loop would take it.
    func pass(_ seconds: Double) {
        let end = now + seconds
        while now < end {
            now = min(end, now + max(0.05, seconds / 40))
            follower?.step(now: now)
        }
    }

    func append(_ text: String, to name: String) throws {
        let descriptor = open(path(name), O_WRONLY | O_CREAT | O_APPEND, 0o644)
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
    }

    var sizes: [String] { crashes.map(Self.size) }

    static func size(_ incident: Incident) -> String {
        let words = incident.root.text.split(separator: " ")
        return words.drop { $0 != "allocate" }.dropFirst().first.map(String.init) ?? incident.root.text
    }

    static func time(_ hour: Int, _ second: Int = 0) -> String {
        Date(timeIntervalSince1970: 1_772_323_200 + Double(hour * 3600 + second)).formatted(.iso8601)
    }

    static func steps(_ hour: Int, from first: Int = 1, count: Int = 30) -> String {
        (0..<count).map { "\(time(hour, $0)) INFO trainer: step \(first + $0) loss 2.0\n" }.joined()
    }

    /// A failure in lines that all state their time, so that none of what comes later moves it.
    static func crash(_ hour: Int, _ size: String) -> String {
        """
        \(time(hour)) ERROR trainer: failed
        Traceback (most recent call last):
          File "/w/train.py", line 12, in step
            loss.backward()
        torch.OutOfMemoryError: CUDA out of memory. Tried to allocate \(size) GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.01 GiB is free.
        \(time(hour, 1)) INFO launcher: bye

        """
    }
}

@Suite("Following logs")
struct FollowingTests {
    private typealias Folder = FollowedFolder

    @Test("a crash is told within a second of its last line, once, and recorded when it has stood")
    func told() throws {
        let folder = try Folder()
        try folder.append(Folder.steps(1), to: "train.log")
        try folder.start()
        try folder.append(Folder.crash(2, "2.50"), to: "train.log")
        folder.pass(1)
        #expect(folder.sizes == ["2.50"])
        #expect(folder.recorded.isEmpty)
        folder.pass(60)
        #expect(folder.sizes == ["2.50"])
        #expect(folder.recorded.map(Folder.size) == ["2.50"])
        #expect(folder.follower?.crashes == 1)
    }

    @Test("what stood in a log before is told only when it is asked for", arguments: [false, true])
    func before(fromStart: Bool) throws {
        let folder = try Folder()
        try folder.append(Folder.steps(1) + Folder.crash(2, "2.50"), to: "train.log")
        try folder.start(fromStart: fromStart)
        folder.pass(5)
        #expect(folder.sizes == (fromStart ? ["2.50"] : []))
    }

    @Test("line numbers are those of the whole file, however little of it was read")
    func lineNumbers() throws {
        let folder = try Folder()
        let before = String(repeating: "a line that says nothing, and of which there are many\n", count: 20_000)
        try folder.append(before, to: "train.log")
        try folder.start(["train.log"])
        try folder.append(Folder.crash(2, "2.50"), to: "train.log")
        folder.pass(2)
        #expect(folder.crashes.first?.root.line == 20_005)
        #expect(folder.crashes.first.map { $0.root.offset } ?? 0 > before.utf8.count)
    }

    @Test("a renamed log is read to its end, and what has its name next from the beginning", arguments: [false, true])
    func renamed(polls: Bool) throws {
        let folder = try Folder()
        try folder.append(Folder.steps(1), to: "train.log")
        try folder.start(polls: polls)
        try folder.append(Folder.crash(2, "2.50"), to: "train.log")
        _ = rename(folder.path("train.log"), folder.path("train.log.1"))
        try folder.append(Folder.steps(12) + Folder.crash(13, "3.50"), to: "train.log")
        folder.pass(8)
        // Whoever holds the old file open writes on.
        try folder.append(Folder.steps(21) + Folder.crash(22, "4.50"), to: "train.log.1")
        folder.pass(8)
        #expect(Set(folder.sizes) == ["2.50", "3.50", "4.50"], "\(folder.changes) \(folder.notes)")
        #expect(folder.crashes.last?.root.source == folder.path("train.log.1"))
        // Let go of, it is not taken for a new file.
        folder.pass(60)
        #expect(folder.crashes.count == 3)
        #expect(folder.notes.contains { $0.contains("is another file now") })
    }

    @Test("an emptied log is read from its beginning, and its copy is no new log")
    func copied() throws {
        let folder = try Folder()
        try folder.append(Folder.steps(1), to: "train.log")
        try folder.start()
        try folder.append(Folder.crash(2, "2.50"), to: "train.log")
        folder.pass(8)
        try FileManager.default.copyItem(atPath: folder.path("train.log"), toPath: folder.path("train.log.1"))
        folder.pass(0.5)
        _ = truncate(folder.path("train.log"), 0)
        folder.pass(0.5)
        try folder.append(Folder.steps(12) + Folder.crash(13, "3.50"), to: "train.log")
        folder.pass(20)
        #expect(folder.sizes == ["2.50", "3.50"])
        #expect(folder.recorded.map(Folder.size) == ["2.50", "3.50"])
        #expect(folder.notes.contains { $0.contains("was emptied") })
    }

    @Test("logs of a family that begin alike are different ones, and one that came back is read from where it was left")
    func alike() throws {
        let folder = try Folder()
        let banner = String(repeating: "the same banner in all of them\n", count: 60)
        try folder.append(banner + Folder.steps(1), to: "out.0")
        try folder.start()
        try folder.append(banner, to: "out.1")
        folder.pass(8)
        try folder.append(Folder.steps(1, from: 5) + Folder.crash(2, "2.50"), to: "out.1")
        folder.pass(8)
        #expect(folder.sizes == ["2.50"])
        _ = rename(folder.path("out.1"), folder.path("out.1.old"))
        try folder.append("another\n", to: "out.1")
        folder.pass(40)
        try folder.append(Folder.steps(11) + Folder.crash(12, "3.50"), to: "out.1.old")
        folder.pass(12)
        #expect(folder.sizes == ["2.50", "3.50"])
    }

    @Test("a log that was emptied and has grown past its old end between two looks is seen to be another")
    func overgrown() throws {
        let folder = try Folder()
        try folder.append(Folder.steps(1, count: 5), to: "train.log")
        try folder.start()
        _ = truncate(folder.path("train.log"), 0)
        try folder.append(Folder.steps(12, count: 50) + Folder.crash(13, "3.50"), to: "train.log")
        folder.pass(3)
        #expect(folder.sizes == ["3.50"])
        #expect(folder.crashes.first?.root.line == 55)
    }

    @Test("a file that is not there yet is waited for, and one that comes into a folder is read whole")
    func later() throws {
        let folder = try Folder()
        try folder.append(Folder.steps(1), to: "rank0.log")
        try folder.start([".", "../\((folder.folder as NSString).lastPathComponent)/late/rank1.log"])
        #expect(folder.notes.contains { $0.contains("rank1.log is not there yet") })
        try FileManager.default.createDirectory(atPath: folder.path("late"), withIntermediateDirectories: true)
        try folder.append(Folder.crash(2, "2.50"), to: "late/rank1.log")
        folder.pass(8)
        try FileManager.default.createDirectory(atPath: folder.path("more"), withIntermediateDirectories: true)
        try folder.append(Folder.steps(12) + Folder.crash(13, "3.50"), to: "more/rank2.log")
        folder.pass(8)
        #expect(folder.sizes == ["2.50", "3.50"], "\(folder.changes) \(folder.notes)")
    }

    @Test("a name that a link gives to another file is followed there")
    func link() throws {
        let folder = try Folder()
        try folder.append(Folder.steps(1), to: "one.txt")
        try folder.append(Folder.steps(2), to: "two.txt")
        #expect(symlink(folder.path("one.txt"), folder.path("current.log")) == 0)
        try folder.start(["current.log"])
        try folder.append(Folder.crash(3, "2.50"), to: "one.txt")
        folder.pass(3)
        unlink(folder.path("current.log"))
        #expect(symlink(folder.path("two.txt"), folder.path("current.log")) == 0)
        folder.pass(2)
        try folder.append(Folder.steps(13) + Folder.crash(14, "3.50"), to: "two.txt")
        folder.pass(3)
        #expect(folder.sizes == ["2.50", "3.50"], "\(folder.changes) \(folder.notes)")
    }

    @Test("half a line is no line, until nothing more comes of it for a second")
    func halfLine() throws {
        let folder = try Folder()
        try folder.append(Folder.steps(1), to: "train.log")
        try folder.start()
        let line =
            "\(Folder.time(2)) torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79 GiB"
        let cut = line.index(line.startIndex, offsetBy: 60)
        try folder.append(String(line[..<cut]), to: "train.log")
        folder.pass(0.9)
        #expect(folder.crashes.isEmpty)
        try folder.append(String(line[cut...]), to: "train.log")
        folder.pass(0.5)
        #expect(folder.crashes.isEmpty)
        folder.pass(3)
        #expect(folder.sizes == ["2.50"])
    }

    @Test("a traceback whose last line has not come is not told, and not for its beginning either")
    func halfTraceback() throws {
        let folder = try Folder()
        try folder.append(Folder.steps(1), to: "train.log")
        try folder.start()
        let lines = Folder.crash(2, "2.50").split(separator: "\n").map { $0 + "\n" }
        try folder.append(lines[..<3].joined(), to: "train.log")
        folder.pass(4)
        #expect(folder.crashes.isEmpty)
        try folder.append(lines[3...].joined(), to: "train.log")
        folder.pass(1)
        #expect(folder.sizes == ["2.50"])
    }

    @Test("a run that goes on after what looked like its end is said to, and what it went on from is no crash")
    func wentOn() throws {
        let folder = try Folder()
        try folder.append(Folder.steps(1), to: "train.log")
        try folder.start()
        try folder.append(Folder.crash(2, "2.50"), to: "train.log")
        folder.pass(2)
        #expect(folder.sizes == ["2.50"])
        for second in 0..<20 {
            try folder.append(Folder.steps(3, from: 31 + second * 5, count: 5), to: "train.log")
            folder.pass(1)
        }
        #expect(folder.wentOn.map(Folder.size) == ["2.50"])
        #expect(folder.follower?.crashes == 0)
    }

    @Test("a training log that falls silent may hang, by the clock on the wall; it is not recorded, and told to go on")
    func silence() throws {
        let folder = try Folder()
        try folder.append(Folder.steps(1), to: "train.log")
        try folder.start()
        try folder.append(Folder.steps(1, from: 31, count: 10), to: "train.log")
        folder.pass(590)
        #expect(folder.crashes.isEmpty)
        folder.pass(60)
        #expect(folder.crashes.map(\.category.family) == ["hang"])
        #expect(folder.recorded.isEmpty)
        try folder.append(Folder.steps(1, from: 41, count: 10), to: "train.log")
        folder.pass(30)
        #expect(folder.wentOn.count == 1)
        #expect(folder.follower?.crashes == 0)
    }

    @Test("a line beyond what is read of one is said to be cut")
    func cutLine() throws {
        let folder = try Folder()
        try folder.append(Folder.steps(1), to: "train.log")
        try folder.start()
        try folder.append(String(repeating: "x", count: 600_000) + "\n", to: "train.log")
        folder.pass(15)
        #expect(folder.notes.contains { $0.contains("train.log:") && $0.contains("long") }, "\(folder.notes)")
    }

    @Test("what is told and recorded of logs written in random pieces and rotated is what a scan of all of it finds")
    func sameAsScan() throws {
        var random = Seeded(29)
        for round in 0..<(6 * caseFactor) {
            let folder = try Folder()
            var text = Folder.steps(0)
            for number in 1...Int.random(in: 1...4, using: &random) {
                text += Folder.crash(number * 5, "\(number).\(10 + round)")
                text += (0..<Int.random(in: 0...60, using: &random)).map {
                    "\(Folder.time(number * 5, 10 + $0)) INFO trainer: shard \($0) is loaded\n"
                }.joined()
            }
            try folder.append("", to: "train.log")
            try folder.start(["train.log"])
            let bytes = Array(text.utf8)
            var at = 0
            while at < bytes.count {
                let end = min(at + Int.random(in: 1...900, using: &random), bytes.count)
                try folder.append(String(decoding: bytes[at..<end], as: UTF8.self), to: "train.log")
                at = end
                if Int.random(in: 0..<4, using: &random) == 0 {
                    folder.pass([0.1, 0.5, 7].randomElement(using: &random) ?? 1)
                }
            }
            folder.pass(2)
            folder.follower?.finish(now: folder.now)
            let whole = Folder.diagnose([
                try Folder.scanner().scan(
                    .init(source: folder.path("train.log"), location: .file(folder.path("train.log"))))
            ]).filter(\.isCrash)
            #expect(!whole.isEmpty)
            #expect(Set(folder.recorded.map(\.id)) == Set(whole.map(\.id)), "round \(round)")
            #expect(folder.recorded.count == whole.count, "round \(round)")
        }
    }
}
