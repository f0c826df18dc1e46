import CrashModel
import Foundation
import History
import TestSupport
import Testing

@Suite("The schemas of docs/schema") struct LedgerSchemaTests {
    let scratch = Scratch()

    static func schema(_ record: String) throws -> JSONSchema {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try JSONSchema(contentsOf: package.appending(path: "docs/schema/ledger-\(record).json"))
    }

    private func objects() throws -> [[String: Any]] {
        try scratch.text().split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// An incident in which nothing is left out.
    private static var full: Incident {
        let id = "0123456789abcdef"
        var crash = incident(id, fingerprint: id, firstSeen: scannedAt)
        crash.lastSeen = scannedAt + 5
        crash.lastProgress?.epoch = 2
        crash.firstProgress = crash.lastProgress
        crash.lastCheckpoint = CheckpointMark(
            source: "l", line: 3, text: "saved", path: "out/3.pt", step: 3, epoch: 1, time: scannedAt)
        crash.lost = LostWork(steps: 1, seconds: 2.5)
        crash.consequences = [crash.root]
        crash.runnersUp = [RunnerUp(finding: crash.root, reason: "came later")]
        crash.advice.append(Advice(action: "a", reason: "b"))
        var memory = MemorySample(
            total: 1, available: 2, free: 3, swapTotal: 4, swapFree: 5, shared: 6, limit: 7, usage: 8)
        (memory.cached, memory.anonymous, memory.dirty, memory.writeback) = (1, 2, 3, 4)
        (memory.slab, memory.zswap, memory.hugeTotal, memory.hugeFree) = (1, 2, 3, 4)
        crash.context = ResourceContext(
            origin: .recording, takenAt: scannedAt, memory: memory, pressure: ["memory": 1.5],
            filesystems: [
                FilesystemSample(path: "/", total: 1, available: 1, inodes: 1, freeInodes: 1, silent: 1.5)
            ],
            processes: [
                ProcessSample(
                    pid: 1, name: "p", resident: 1, swapped: 1, victim: true, started: 1.5, parent: 1, state: "R",
                    threads: 1, growth: -1.5, gpuMemory: 1)
            ],
            processCount: 1,
            window: RecordedWindow(
                moment: scannedAt, from: scannedAt, to: scannedAt, host: "h", sampleCount: 1, times: [-1.5],
                series: [
                    RecordedSeries(name: "s", unit: .bytesPerSecond, subject: "x", limit: 1, values: [1, nil])
                ],
                observations: [
                    MachineObservation(
                        kind: "gpu-hot", text: "t", at: scannedAt, until: scannedAt, source: "s", line: 1, subject: "g",
                        pid: 1, gpu: 0, amount: 90)
                ],
                problems: ["p"]))
        return crash
    }

    @Test("describe every member of every record that is written")
    func described() throws {
        _ = try scratch.ledger.append([Self.full], scannedAt: scannedAt)
        let record = try #require(try scratch.ledger.read().incidents.first)
        _ = try scratch.ledger.append(ResolutionRecord(incident: record, fix: "rest", recordedAt: scannedAt))
        for object in try objects() {
            let schema = try Self.schema(try #require(object["record"] as? String))
            #expect(schema.problems(in: object, isClosed: true) == [])
        }
        #expect(try objects().count == 2)
    }

    @Test(
        "refuse what is no such record",
        arguments: [
            ("verdict", "maybe"), ("id", "last"), ("recorded_at", "yesterday"), ("sum", "12"), ("schema", "other/1"),
            ("ranks", "3"), ("root", "here"), ("confidence", "high"), ("fingerprint", nil), ("advice", nil),
        ] as [(String, String?)])
    func refused(member: String, value: String?) throws {
        _ = try scratch.ledger.append([Self.full], scannedAt: scannedAt)
        var object = try #require(try objects().first)
        object[member] = value
        let problems = try Self.schema("incident").problems(in: object)
        #expect(problems.count == 1 && problems.first?.hasPrefix("/" + member) == true)
    }

    @Test("let members of a newer version pass")
    func newer() throws {
        _ = try scratch.ledger.append([Self.full], scannedAt: scannedAt)
        var object = try #require(try objects().first)
        object["mood"] = "grim"
        #expect(try Self.schema("incident").problems(in: object) == [])
        #expect(try Self.schema("incident").problems(in: object, isClosed: true) == ["/mood: not described"])
    }
}
