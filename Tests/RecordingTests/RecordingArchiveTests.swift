import CrashModel
import Foundation
import Testing

@testable import Recording

/// A recording in memory.
private struct Held: RecordedSource {
    var made: MadeUp

    func stretch(from: Date, to: Date) throws -> RecordedStretch {
        var stretch = made.stretch
        stretch.samples.removeAll { $0.sample.time < from || $0.sample.time > to }
        return stretch
    }
}

@Suite struct RecordingArchiveTests {
    private func incident(
        host: String? = nil, at date: Date? = MadeUp.moment, outcome: Outcome = .terminal
    ) -> Incident {
        let root = Finding(
            rule: "r", title: "T", category: CrashModel.Category("signal/killed"), severity: .fatal,
            role: .consequence, source: "train.log", line: 3, offset: 0,
            time: date.map { LogTime(date: $0, source: .stated) } ?? .unknown, text: "Killed")
        return Incident(
            fingerprint: "f", title: "T", category: root.category, severity: .fatal, outcome: outcome,
            verdict: .changeFirst, confidence: 0.5, because: [], firstSeen: date, lastSeen: date, host: host,
            root: root)
    }

    private func archive(host: String, isNamed: Bool) -> RecordingArchive {
        var made = MadeUp()
        made.host = host
        var archive = RecordingArchive()
        archive.add(Held(made: made), place: "rec", isNamed: isNamed)
        return archive
    }

    @Test(
        "This machine's own recording is used for what can have happened on it",
        arguments: [
            ("node1", "node1", true), ("node1", "NODE1.cluster.local", true), ("node1", nil, true),
            ("node1", "node2", false), ("node1", "node10", false),
        ] as [(String, String?, Bool)])
    func own(recorded: String, named: String?, isUsed: Bool) {
        let contexts = archive(host: recorded, isNamed: false).contexts(for: [incident(host: named)])
        #expect((contexts.first?.flatMap(\.window) != nil) == isUsed)
    }

    @Test("A recording that a person names is shown for another machine too, and that is said")
    func named() throws {
        let contexts = archive(host: "node1", isNamed: true).contexts(for: [incident(host: "node2")])
        let window = try #require(contexts.first?.flatMap(\.window))
        #expect(
            window.problems.first
                == "recorded on node1, while the logs name node2; so it speaks neither for nor against the cause")
    }

    @Test("Of several recordings the one of the machine is taken")
    func several() throws {
        var archive = archive(host: "node1", isNamed: true)
        var other = MadeUp()
        other.host = "node2"
        archive.add(Held(made: other), place: "rec2", isNamed: true)
        #expect(archive.contexts(for: [incident(host: "node2")]).first?.flatMap(\.window)?.host == "node2")
    }

    @Test("What was survived, and what has no time, gets no window; why a named recording was not used is said")
    func without() {
        let archive = archive(host: "node1", isNamed: true)
        #expect(archive.contexts(for: [incident(outcome: .recovered)]) == [nil])
        #expect(archive.contexts(for: [incident(at: nil)]) == [nil])
        #expect(archive.problems(for: [incident(at: nil)]).first?.contains("do not tell when") == true)
        let late = incident(at: MadeUp.moment + 86_400)
        #expect(archive.contexts(for: [late]) == [nil])
        #expect(archive.problems(for: [late]).first?.contains("holds nothing of 2026-03-02T10:00:00.000Z") == true)
        #expect(archive.problems(for: [incident(outcome: .recovered)]).isEmpty)
    }

    @Test("A file of whole, torn and foreign lines gives its samples with their lines, and says what it lost")
    func file() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "faultline-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let time = MadeUp.moment.iso8601
        let lines = [
            #"{"schema":"faultline.recording/1","t":"\#(time)","up":1,"host":"n","pid":1,"version":"1","interval":1,"missing":[]}"#,
            #"{"t":"\#(time)","up":2,"new_key":[1]}"#,
            #"{"t":"\#(time)","up"#,
            #"{"mark":"gap","t":"\#(time)","up":3,"lost":12}"#,
            #"{"mark":"moon","t":"\#(time)","up":3}"#,
            #"{"t":"\#(time)","up":4}"#,
        ]
        try Data(lines.joined(separator: "\n").utf8).write(to: folder.appending(path: "20260301T100000Z-000001.jsonl"))
        let stretch = try RecordingStore(folder: folder.path()).stretch(from: MadeUp.moment, to: MadeUp.moment)
        #expect(stretch.samples.map(\.line) == [2, 6])
        #expect(stretch.headers.map(\.host) == ["n"])
        #expect(stretch.marks.map(\.lost) == [12])
        #expect(stretch.problems.count == 2)
        #expect(stretch.problems.contains { $0.hasPrefix("1 line is damaged") })
        #expect(
            stretch.problems.contains {
                $0.hasPrefix("1 lines of a kind unknown") || $0.hasPrefix("1 line of a kind unknown")
            })
        #expect(throws: (any Error).self) {
            _ = try RecordingStore(folder: folder.path() + "/none").stretch(from: .distantPast, to: .distantPast)
        }
    }
}
