import CrashModel
import Foundation
import Gzip
import History
import Testing

@Suite("A ledger's lines") struct LedgerLineTests {
    let scratch = Scratch()

    private func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: scratch.path))) }
    private func put(_ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: scratch.path))
    }

    @Test("end in a checksum that any program can compute: CRC-32 of the line without it")
    func checksum() throws {
        _ = try scratch.ledger.append([incident("a")], scannedAt: scannedAt)
        let line = try scratch.text().dropLast()
        let match = try #require(line.firstMatch(of: /,"sum":"([0-9a-f]{8})"}$/))
        let bare = Array((line[..<match.range.lowerBound] + "}").utf8)
        let sum = String(bare.withUnsafeBytes { CRC32.of($0) }, radix: 16)
        #expect(String(repeating: "0", count: 8 - sum.count) + sum == match.output.1)
        #expect(Array("123456789".utf8).withUnsafeBytes { CRC32.of($0) } == 0xcbf4_3926)
        #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
    }

    @Test("of older versions, without a checksum, are read and counted as unverified")
    func older() throws {
        _ = try scratch.ledger.append([incident("a"), incident("b")], scannedAt: scannedAt)
        try scratch.write(try scratch.text().replacing(/,"sum":"[0-9a-f]{8}"/, with: ""))
        #expect(try scratch.ledger.read().incidents.map(\.id) == ["a", "b"])
        let check = try #require(try scratch.ledger.check())
        #expect((check.incidents, check.unverified, check.damaged.count) == (2, 2, 0))
        #expect(try scratch.ledger.append([incident("a")], scannedAt: scannedAt).known == ["a"])
    }

    @Test("that were altered anywhere are no records")
    func altered() throws {
        _ = try scratch.ledger.append([incident("a")], scannedAt: scannedAt)
        let whole = try bytes()
        _ = try scratch.ledger.append([incident("b")], scannedAt: scannedAt)
        let both = try bytes()
        // In the key of the checksum a change leaves the record as it was; it counts as one without a checksum.
        let key = whole.count - 19..<whole.count
        // A step of three comes to each bit of a byte in turn.
        for place in stride(from: 0, to: key.lowerBound, by: 3) {
            var bytes = both
            bytes[place] ^= 1 << UInt8(place % 8)
            try put(bytes)
            let contents = try scratch.ledger.read()
            #expect(contents.incidents.map(\.id) == ["b"], "byte \(place)")
            #expect(!contents.damaged.isEmpty)
        }
    }

    @Test("that were written by a newer version of the same schema are kept, damaged ones are not taken for them")
    func newerField() throws {
        _ = try scratch.ledger.append([incident("a"), incident("b")], scannedAt: scannedAt)
        let lines = try scratch.text().split(separator: "\n").map(String.init)
        let bare = lines[0].replacing(/,"sum":"[0-9a-f]{8}"/, with: "")
            .replacing("\"verdict\":\"change-first\"", with: "\"verdict\":\"ask\"")
        let sum = String(Array(bare.utf8).withUnsafeBytes { CRC32.of($0) }, radix: 16)
        let sealed = bare.dropLast() + ",\"sum\":\"" + String(repeating: "0", count: 8 - sum.count) + sum + "\"}"
        try scratch.write([String(sealed), bare, lines[1]].joined(separator: "\n") + "\n")
        let contents = try scratch.ledger.read()
        #expect(contents.incidents.map(\.id) == ["b"])
        #expect(contents.opaque.map(\.line) == [1])
        #expect(
            contents.damaged == [
                DamagedLine(line: 2, kind: .malformed, reason: "the field verdict is missing or senseless")
            ])
    }

    @Test("torn at every byte cost themselves only, and the next record stands on a line of its own")
    func tornEverywhere() throws {
        _ = try scratch.ledger.append([incident("a")], scannedAt: scannedAt)
        let first = try bytes().count
        _ = try scratch.ledger.append([incident("b")], scannedAt: scannedAt)
        let both = try bytes()
        for end in first...both.count {
            try put(both[..<end])
            let isWhole = end >= both.count - 1
            #expect(try scratch.ledger.read().incidents.map(\.id) == (isWhole ? ["a", "b"] : ["a"]), "cut at \(end)")
            #expect(try scratch.ledger.overview().incidents.map(\.id) == (isWhole ? ["a", "b"] : ["a"]))
            let result = try scratch.ledger.append([incident("b"), incident("c")], scannedAt: scannedAt)
            #expect(result.added == (isWhole ? ["c"] : ["b", "c"]))
            #expect(try scratch.ledger.read().incidents.map(\.id) == ["a", "b", "c"], "cut at \(end)")
            #expect(try #require(try scratch.ledger.check()).damaged.count == (isWhole || end == first ? 0 : 1))
        }
    }

    @Test("of one failure are found without reading the others, with what is damaged")
    func fingerprints() throws {
        let fingerprints = ["00000000000000f1", "00000000000000f2"]
        _ = try scratch.ledger.append(
            (0..<20).map { incident("i\($0)", fingerprint: fingerprints[$0 % 2], text: fingerprints[1]) },
            scannedAt: scannedAt)
        try scratch.write(try scratch.text() + "torn")
        let contents = try scratch.ledger.read(fingerprints: [fingerprints[1]])
        #expect(contents.incidents.map(\.id) == (0..<10).map { "i\(2 * $0 + 1)" })
        #expect(contents.damaged.map(\.line) == [21])
        #expect(try scratch.ledger.read(fingerprints: []).incidents.isEmpty)
        let whole = try scratch.ledger.read()
        #expect(contents.incidents == whole.incidents.filter { $0.fingerprint == fingerprints[1] })
        #expect(try scratch.ledger.overview().incidents == whole.incidents.map(LedgerHeadline.init))
    }

    @Test(
        "of other programs are told from torn ones",
        arguments: [
            "{}", "[]", "\"\"", "0", "-0", "1e5", "1E+2", "true", "null ", "{\"a\":1}", "[[[]]]", "[\"\\\\\"]",
            "{\"a\":{\"b\":[1,2.5,{}]}}", "\"\\u00e9 é\"", "\"\\\"\"",
        ])
    func json(text: String) throws {
        try scratch.write(text + "\n")
        #expect(try scratch.ledger.read().damaged.map(\.kind) == [.foreign])
    }

    @Test(
        "that are not JSON to the last byte are torn",
        arguments: [
            "01", "-", "1.", ".5", "1e", "+1", "tru", "nul", "{\"a\":1,}", "{\"a\"1}", "{a:1}", "[1,]", "[1 2]",
            "[[[]]",
            "\"\\u00e\"", "\"\\x\"", "\"a", "\"\t\"", "{} {}", "é", String(repeating: "[", count: 100_000),
        ])
    func noJSON(text: String) throws {
        try scratch.write(text + "\n")
        #expect(try scratch.ledger.read().damaged.map(\.kind) == [.torn])
    }

    @Test("with bytes that are no text are torn")
    func noText() throws {
        try scratch.write("")
        try put(Array("{\"schema\":\"faultline.ledger/1\",\"record\":\"x".utf8) + [0xff] + Array("\"}\n".utf8))
        #expect(try scratch.ledger.read().damaged.map(\.kind) == [.torn])
    }
}

@Suite("Keeping a ledger") struct LedgerCareTests {
    let scratch = Scratch()
    var folder: String { (scratch.path as NSString).deletingLastPathComponent }

    private func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    @Test("A repair moves damaged lines aside and leaves every other byte as it was")
    func repair() throws {
        _ = try scratch.ledger.append([incident("a"), incident("b")], scannedAt: scannedAt)
        let lines = try scratch.text().split(separator: "\n").map(String.init)
        let newer = #"{"schema":"faultline.ledger/9","record":"sweep"}"#
        try scratch.write(
            [lines[0] + "\r", "", "torn{", newer, lines[1].replacing("boom", with: "bomb"), lines[1]].joined(
                separator: "\n"))
        #expect(chmod(scratch.path, 0o640) == 0)
        let repair = try scratch.ledger.repair(now: scannedAt)
        #expect(repair.moved.map(\.line) == [3, 5] && repair.moved.map(\.kind) == [.torn, .altered])
        #expect(try scratch.text() == [lines[0] + "\r", "", newer, lines[1]].joined(separator: "\n"))
        let file = try #require(repair.file)
        #expect(file.hasSuffix("/ledger.jsonl.damaged-20260301T120000Z"))
        #expect(
            try String(contentsOfFile: file, encoding: .utf8) == "torn{\n" + lines[1].replacing("boom", with: "bomb")
                + "\n")
        #expect(try FileManager.default.attributesOfItem(atPath: scratch.path)[.posixPermissions] as? Int == 0o640)
        let nothing = try scratch.ledger.repair(now: scannedAt)
        #expect(nothing.moved.isEmpty && nothing.file == nil)
        try scratch.write("again\n")
        #expect(try scratch.ledger.repair(now: scannedAt).file?.hasSuffix("20260301T120000Z-2") == true)
        #expect(try files().count == 3)
    }

    @Test("A repair follows a link to the ledger and leaves the link")
    func link() throws {
        try scratch.write("torn\n")
        let link = folder + "/link.jsonl"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "ledger.jsonl")
        _ = try Ledger(path: link).repair(now: scannedAt)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "ledger.jsonl")
        #expect(try scratch.text().isEmpty)
    }

    @Test("Writers lose nothing while the ledger is repaired and rotated under them")
    func replacedWhileWriting() async throws {
        let ledger = scratch.ledger
        try scratch.write("")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in ["x", "y", "z"] {
                group.addTask {
                    var writer = LedgerWriter(ledger)
                    for number in 0..<60 {
                        _ = try writer.append([incident("\(name)\(number)")], scannedAt: scannedAt + Double(number))
                    }
                }
            }
            group.addTask {
                for round in 0..<30 {
                    let file = try #require(FileHandle(forUpdatingAtPath: ledger.path))
                    try file.seekToEnd()
                    try file.write(contentsOf: Data("{\"torn\n".utf8))
                    try file.close()
                    _ = try ledger.repair(now: scannedAt + Double(round))
                    _ = try ledger.rotate(.keep(bytes: 4000), now: scannedAt + Double(round))
                }
            }
            try await group.waitForAll()
        }
        let ids = try ledger.read(archives: true).incidents.map(\.id)
        #expect(Set(ids).count == 180 && ids.count == 180)
    }

    @Test("A merge has each id once, the fuller record, in the order of time, whatever the order of the files")
    func merge() throws {
        let (a, b) = (Ledger(path: folder + "/a.jsonl"), Ledger(path: folder + "/b.jsonl"))
        var fuller = incident("2", firstSeen: scannedAt + 2)
        fuller.lastSeen = scannedAt + 9
        _ = try a.append(
            [incident("3", firstSeen: scannedAt + 3), incident("2", firstSeen: scannedAt + 2)], scannedAt: scannedAt)
        _ = try b.append([fuller, incident("1", firstSeen: scannedAt + 3)], scannedAt: scannedAt)
        let record = try #require(try b.read().incidents.first)
        _ = try a.append(ResolutionRecord(incident: record, fix: "rest", recordedAt: scannedAt + 1))
        let newer =
            #"{"schema":"faultline.ledger/9","record":"sweep","id":"2","recorded_at":"2026-03-01T12:00:02.500Z"}"#
        for ledger in [a, b] {
            let file = try #require(FileHandle(forUpdatingAtPath: ledger.path))
            try file.seekToEnd()
            try file.write(contentsOf: Data((newer + "\n").utf8))
        }
        func merged(_ ledgers: [Ledger]) throws -> [String] {
            var merge = LedgerMerge()
            for ledger in ledgers { try merge.add(ledger) }
            return merge.lines.map { String(decoding: $0, as: UTF8.self) }
        }
        let lines = try merged([a, b])
        #expect(try merged([b, a]) == lines)
        #expect(try merged([a, b, a, b, b]) == lines)
        #expect(lines.count == 5 && lines[2] == newer + "\n")
        let out = Ledger(path: folder + "/deep/out.jsonl")
        #expect(try out.merge([a]).count == 4)
        #expect(try out.merge([b, out]).count == 5)
        #expect(try String(contentsOfFile: out.path, encoding: .utf8) == lines.joined())
        let contents = try out.read()
        #expect(contents.incidents.map(\.id) == ["2", "1", "3"] && contents.damaged.isEmpty)
        #expect(contents.incidents.first?.lastSeen == scannedAt + 9)
        #expect(contents.resolutions.map(\.fix) == ["rest"] && contents.opaque.count == 1)
    }

    @Test("A merge into a ledger with damaged lines is refused; those of others are passed over and told")
    func mergeDamaged() throws {
        try scratch.write("torn\n")
        let other = Ledger(path: folder + "/other.jsonl")
        _ = try other.append([incident("a")], scannedAt: scannedAt)
        let error = try #require(throws: LedgerError.self) { try scratch.ledger.merge([other]) }
        #expect(error.kind == .damaged)
        #expect(try scratch.text() == "torn\n")
        #expect(try other.merge([scratch.ledger]).damaged.map(\.line.line) == [1])
        #expect(throws: LedgerError.self) { try other.merge([Ledger(path: folder + "/none")]) }
    }

    @Test("Rotating moves the oldest into a compressed file, which is read on request", arguments: [true, false])
    func rotate(bySize: Bool) throws {
        let all = (0..<10).map { incident("\($0)", fingerprint: "f\($0)", firstSeen: scannedAt + Double($0)) }
        _ = try scratch.ledger.append(all.reversed(), scannedAt: scannedAt)
        let oldest = try #require(try scratch.ledger.read().incidents.last)
        _ = try scratch.ledger.append(ResolutionRecord(incident: oldest, fix: "rest", recordedAt: scannedAt))
        let text = try scratch.text()
        let size = text.utf8.count
        let line = try #require(text.split(separator: "\n").first).utf8.count + 1
        let rotation = try scratch.ledger.rotate(
            bySize ? .keep(bytes: size - 3 * line + 200) : .before(scannedAt + 3), now: scannedAt)
        #expect((rotation.moved, rotation.kept) == (3, 8))
        #expect(try scratch.text().utf8.count == rotation.size)
        let left = try scratch.ledger.read()
        #expect(left.incidents.map(\.id) == ["9", "8", "7", "6", "5", "4", "3"])
        #expect(left.resolutions.map(\.fix) == ["rest"])
        #expect(try files() == ["ledger-20260301T120000Z.jsonl.gz", "ledger.jsonl"])
        #expect(try scratch.ledger.read(archives: true).incidents.map(\.id).sorted() == all.map(\.id))
        #expect(try scratch.ledger.overview(archives: true).incidents.count == 10)
        let archive = try #require(scratch.ledger.archives.first)
        #expect(try #require(try archive.check()).incidents == 3)
        #expect(try scratch.ledger.rotate(.before(scannedAt), now: scannedAt).file == nil)
        _ = try scratch.ledger.rotate(.keep(bytes: 1), now: scannedAt)
        #expect(try scratch.text().isEmpty)
        #expect(try files().count == 3)
        #expect(try scratch.ledger.read(archives: true).resolutions.count == 1)
    }

    @Test("A compressed ledger is read and never written")
    func compressed() throws {
        _ = try scratch.ledger.append([incident("a")], scannedAt: scannedAt)
        _ = try scratch.ledger.rotate(.keep(bytes: 1), now: scannedAt)
        let archive = try #require(scratch.ledger.archives.first)
        let before = try Data(contentsOf: URL(fileURLWithPath: archive.path))
        let error = try #require(throws: LedgerError.self) { try archive.append([incident("b")], scannedAt: scannedAt) }
        #expect(error.kind == .compressed)
        #expect(throws: LedgerError.self) { try archive.repair(now: scannedAt) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: archive.path)) == before)
        // Cut short, what stands before the cut is read.
        try before.dropLast(12).write(to: URL(fileURLWithPath: archive.path))
        #expect(try archive.read().damaged.isEmpty == false)
    }

    @Test("Where there is nothing to keep, that is said", arguments: ["repair", "rotate"])
    func missing(what: String) throws {
        let error = try #require(throws: LedgerError.self) {
            if what == "repair" {
                _ = try scratch.ledger.repair(now: scannedAt)
            } else {
                _ = try scratch.ledger.rotate(.keep(bytes: 9), now: scannedAt)
            }
        }
        #expect(error.kind == .missing)
        #expect(try scratch.ledger.check() == nil)
    }
}
