import CrashModel
import Foundation
import History
import Testing

/// A ledger in a folder of its own, removed afterwards.
final class Scratch {
    let folder = NSTemporaryDirectory() + "faultline-ledger-\(UUID().uuidString)"
    var path: String { folder + "/state/faultline/ledger.jsonl" }
    var ledger: Ledger { Ledger(path: path) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ text: String) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
}

/// 2026-03-01T12:00:00Z
let scannedAt = Date(timeIntervalSince1970: 1_772_366_400)

func incident(_ id: String, fingerprint: String = "f1", firstSeen: Date? = nil, text: String = "boom") -> Incident {
    Incident(
        id: id, fingerprint: fingerprint, title: "GPU 3 ran out of memory", category: Category("oom/gpu"),
        severity: .fatal, outcome: .terminal, verdict: .changeFirst, confidence: 0.9, because: ["first"],
        firstSeen: firstSeen, host: "node17", ranks: [3],
        root: Finding(
            rule: "cuda.oom", title: "t", category: Category("oom/gpu"), severity: .fatal, role: .root,
            source: "logs/rank3.log", line: 19, offset: 0, text: text, captures: ["gpu": "3"]),
        advice: [Advice(action: "a", reason: "b", command: "c")],
        lastProgress: ProgressMark(source: "l", line: 8, text: "step 4", step: 4, time: firstSeen),
        context: ResourceContext(origin: .kernelReport, takenAt: firstSeen, memory: MemorySample(total: 5)))
}

@Suite struct LedgerTests {
    let scratch = Scratch()

    @Test("A missing ledger is an empty one")
    func missing() throws {
        let contents = try scratch.ledger.read()
        #expect(contents.incidents.isEmpty && contents.damaged.isEmpty && contents.opaque.isEmpty)
    }

    @Test(
        "Lines alike keep the ranks that said them, each once with its earliest time",
        arguments: [(true, [5.0, 2, 4]), (false, nil)])
    func ranks(isTimed: Bool, seconds: [Double]?) throws {
        var crash = incident("a")
        crash.consequences = [(6, 5.0), (0, 9.0), (0, 2.0), (3, 4.0)].enumerated().map { index, said in
            Finding(
                rule: "nccl.timeout", title: "t", category: Category("hang/collective"), severity: .fatal,
                role: .root, source: "all.log", line: index + 1, offset: 0,
                time: isTimed ? LogTime(date: scannedAt + said.1, source: .stated) : .unknown,
                origin: LineOrigin(rank: said.0), text: "timed out")
        }
        _ = try scratch.ledger.append([crash], scannedAt: scannedAt)
        let record = try #require(try scratch.ledger.read().incidents.first)
        let group = try #require(record.timeline?.first { $0.part == .consequence })
        #expect(group.count == 4)
        #expect(group.ranks == [6, 0, 3])
        #expect(group.rankTimes == seconds?.map { scannedAt + $0 })
        #expect(record.timeline?.first { $0.part == .progress }?.ranks == nil)
    }

    @Test("A recorded window is kept with its sentences and its most telling curves, and few bytes")
    func window() throws {
        var crash = incident("a")
        let curve = (0..<48).map { Double($0) * 1_234_567_891 }
        crash.context?.window = RecordedWindow(
            moment: scannedAt, from: scannedAt - 300, to: scannedAt + 60, host: "node17", sampleCount: 361,
            times: (0..<48).map { Double($0) * 7.5 - 300 },
            series: (0..<40).map { RecordedSeries(name: "s\($0)", unit: .bytes, values: curve) },
            observations: [MachineObservation(kind: "oom-kill", text: "the kernel killed", at: scannedAt, line: 7)])
        _ = try scratch.ledger.append([crash], scannedAt: scannedAt)
        let kept = try #require(try scratch.ledger.read().incidents.first?.context?.window)
        #expect(kept.series.map(\.name) == ["s0", "s1", "s2", "s3", "s4", "s5"])
        #expect(kept.observations == crash.context?.window?.observations)
        #expect(try scratch.text().utf8.count < 8000)
    }

    @Test("What was appended is read back, whole")
    func roundTrip() throws {
        let seen = try #require(Date(iso8601: "2026-02-18T10:03:12.120Z"))
        let result = try scratch.ledger.append([incident("a", firstSeen: seen)], scannedAt: scannedAt)
        #expect(result == AppendResult(added: ["a"]))
        let records = try scratch.ledger.read().incidents
        #expect(records == [LedgerRecord(incident("a", firstSeen: seen), recordedAt: scannedAt)])
        #expect(records.first?.occurredAt == seen)
        #expect(records.first?.context?.memory?.total == 5)
    }

    @Test("The file has the promised keys, one object a line")
    func keys() throws {
        _ = try scratch.ledger.append([incident("a", firstSeen: scannedAt)], scannedAt: scannedAt)
        let text = try scratch.text()
        #expect(text.hasSuffix("\n") && text.split(separator: "\n").count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["schema"] as? String == "faultline.ledger/1")
        #expect(object["record"] as? String == "incident")
        #expect(object["recorded_at"] as? String == "2026-03-01T12:00:00.000Z")
        #expect(
            Set(object.keys).isSuperset(of: [
                "id", "fingerprint", "category", "title", "severity", "verdict", "outcome", "confidence", "host",
                "ranks", "first_seen", "root", "advice", "last_progress", "context",
            ]))
        let root = try #require(object["root"] as? [String: Any])
        #expect(Set(root.keys) == ["rule", "source", "line", "text", "captures"])
    }

    @Test("Only the owner can read the ledger and its folders")
    func permissions() throws {
        _ = try scratch.ledger.append([incident("a")], scannedAt: scannedAt)
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(scratch.path) == 0o600)
        #expect(try mode(scratch.folder + "/state") == 0o700)
    }

    @Test("The same crash scanned twice is one incident")
    func duplicates() throws {
        _ = try scratch.ledger.append([incident("a"), incident("a")], scannedAt: scannedAt)
        let again = try scratch.ledger.append([incident("a"), incident("b")], scannedAt: scannedAt + 60)
        #expect(again == AppendResult(added: ["b"], known: ["a"]))
        #expect(try scratch.ledger.read().incidents.map(\.id) == ["a", "b"])
    }

    @Test("Two ledgers merged by concatenation keep each incident once")
    func merged() throws {
        _ = try scratch.ledger.append([incident("a"), incident("b")], scannedAt: scannedAt)
        let text = try scratch.text()
        try scratch.write(text + text)
        #expect(try scratch.ledger.read().incidents.map(\.id) == ["a", "b"])
    }

    @Test("A torn last line is reported, and the next record starts on a fresh line")
    func torn() throws {
        _ = try scratch.ledger.append([incident("a")], scannedAt: scannedAt)
        try scratch.write(try scratch.text() + #"{"schema":"faultline.ledger/1","record":"inc"#)
        #expect(try scratch.ledger.read().damaged.map(\.line) == [2])
        #expect(try scratch.ledger.append([incident("b")], scannedAt: scannedAt).added == ["b"])
        let contents = try scratch.ledger.read()
        #expect(contents.incidents.map(\.id) == ["a", "b"])
        #expect(contents.damaged.map(\.kind) == [.torn])
    }

    @Test("A whole record that only lacks its newline is kept")
    func missingNewline() throws {
        _ = try scratch.ledger.append([incident("a")], scannedAt: scannedAt)
        try scratch.write(String(try scratch.text().dropLast()))
        #expect(try scratch.ledger.append([incident("a"), incident("b")], scannedAt: scannedAt).added == ["b"])
        let contents = try scratch.ledger.read()
        #expect(contents.incidents.map(\.id) == ["a", "b"] && contents.damaged.isEmpty)
    }

    @Test(
        "A line that is no record is reported and the rest is kept",
        arguments: [
            ("hello", DamagedLine.Kind.torn), ("{\"a\":1}", .foreign), ("[1,2]", .foreign), ("17", .foreign),
            ("null", .foreign), ("\u{0}\u{0}\u{0}", .torn),
            ("{\"schema\":\"other/1\",\"record\":\"incident\"}", .foreign),
            ("{\"schema\":\"faultline.ledger/1\",\"record\":\"incident\",\"id\":\"x\"}", .malformed),
        ])
    func foreign(line: String, kind: DamagedLine.Kind) throws {
        _ = try scratch.ledger.append([incident("a")], scannedAt: scannedAt)
        try scratch.write(line + "\n\r\n" + (try scratch.text()))
        let contents = try scratch.ledger.read()
        #expect(contents.incidents.map(\.id) == ["a"])
        #expect(contents.damaged.map(\.kind) == [kind])
        #expect(contents.damaged.first?.line == 1)
    }

    @Test(
        "Records of a newer Faultline are neither damage nor incidents",
        arguments: [
            #"{"schema":"faultline.ledger/1","record":"sweep","id":"r"}"#,
            #"{"schema":"faultline.ledger/2","record":"incident","id":"r","verdict":["new"]}"#,
        ])
    func newer(line: String) throws {
        try scratch.write(line + "\n")
        _ = try scratch.ledger.append([incident("a")], scannedAt: scannedAt)
        let contents = try scratch.ledger.read()
        #expect(contents.damaged.isEmpty)
        #expect(contents.opaque.map { String(decoding: $0.json, as: UTF8.self) } == [line])
        #expect(try scratch.text().hasPrefix(line + "\n"))
    }

    @Test("Threads that append at once lose nothing and write nothing twice")
    func concurrent() async throws {
        let ledger = scratch.ledger
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for number in 0..<10 {
                        _ = try ledger.append(
                            [incident("shared-\(number)"), incident("own-\(writer)-\(number)")], scannedAt: scannedAt)
                    }
                }
            }
            try await group.waitForAll()
        }
        let contents = try ledger.read()
        #expect(contents.damaged.isEmpty)
        #expect(contents.incidents.count == 90)
        #expect(try scratch.text().split(separator: "\n").count == 90)
    }

    @Test("Log text is cut at a character's border")
    func bounded() throws {
        _ = try scratch.ledger.append([incident("a", text: String(repeating: "é", count: 4000))], scannedAt: scannedAt)
        let text = try #require(try scratch.ledger.read().incidents.first?.root.text)
        #expect(text.utf8.count <= 500 && text.utf8.count > 490)
        #expect(text.hasSuffix("é…"))
    }

    @Test("Hostile text stays inside its one line")
    func hostile() throws {
        let text = "\u{1b}[2J\r\n{\"schema\":\"faultline.ledger/1\"}\u{2028}\u{0}\""
        _ = try scratch.ledger.append([incident("a", text: text)], scannedAt: scannedAt)
        let contents = try scratch.ledger.read()
        #expect(contents.incidents.map(\.root.text) == [text] && contents.damaged.isEmpty)
        #expect(try scratch.text().utf8.filter { $0 < 0x20 } == [0x0a])
    }

    @Test("A ledger that cannot be written says where and what to do")
    func unwritable() throws {
        try scratch.write("")
        let below = Ledger(path: scratch.path + "/deeper/ledger.jsonl")
        let error = try #require(throws: LedgerError.self) { try below.append([incident("a")], scannedAt: scannedAt) }
        #expect(error.kind == .unwritable)
        #expect(
            error.description == "cannot make the folder \(scratch.path) for the ledger: File exists. "
                + "Choose another file with --ledger FILE, or keep nothing with --no-ledger.")
    }

    @Test("A folder or a device is no ledger", arguments: ["/", "/dev/null", "/dev/zero"])
    func notAFile(path: String) throws {
        let writing = try #require(throws: LedgerError.self) {
            try Ledger(path: path).append([incident("a")], scannedAt: scannedAt)
        }
        #expect(writing.kind == .notAFile)
        let reading = try #require(throws: LedgerError.self) { try Ledger(path: path).read() }
        #expect(reading.kind == .notAFile)
    }

    @Test("A pipe is no ledger, and nobody waits for its other end")
    func pipe() throws {
        try scratch.write("")
        let path = scratch.folder + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: LedgerError.self) { try Ledger(path: path).read() }
        #expect(throws: LedgerError.self) { try Ledger(path: path).append([incident("a")], scannedAt: scannedAt) }
    }

    @Test("Nothing to append makes no file")
    func nothing() throws {
        _ = try scratch.ledger.append([], scannedAt: scannedAt)
        #expect(!FileManager.default.fileExists(atPath: scratch.path))
    }

    @Test(
        "The default place follows the XDG base directories",
        arguments: [
            (["XDG_STATE_HOME": "/s", "HOME": "/h"], "/s/faultline/ledger.jsonl"),
            (["XDG_STATE_HOME": "relative", "HOME": "/h"], "/h/.local/state/faultline/ledger.jsonl"),
            (["XDG_STATE_HOME": "", "HOME": "/h"], "/h/.local/state/faultline/ledger.jsonl"),
        ])
    func defaultPath(environment: [String: String], path: String) {
        #expect(Ledger.defaultPath(environment: environment) == path)
    }
}
