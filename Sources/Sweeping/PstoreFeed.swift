import CrashModel
import Foundation
import Logs

/// Takes from pstore what kernels left behind that died, each crash once: firmware keeps it in pieces, which are put together.
struct PstoreFeed {
    /// Where the kernel shows it, and where systemd-pstore moves it to when the machine is up again.
    static let usualFolders = ["/sys/fs/pstore", "/var/lib/systemd/pstore"]

    private static let mostFiles = 4096
    private static let longestFile = 1 << 20
    /// Crashes that are kept after their records are gone.
    private static let mostKept = 64

    let folders: [String]
    let host: String?

    /// One record: a piece of a crash's log.
    fileprivate struct Piece {
        var name: String
        var folder: String
        var id: String
        /// Of one crash: an oops is followed by its panic.
        var count = 1
        /// Ascends towards the beginning: the first part is what was said last.
        var part = 1
        /// The first line, which says that the firmware kept this: `Panic#1 Part3`.
        var header: [UInt8]?
        var lines: [[UInt8]]
        var modified: Double
    }

    func fetch(into folder: String, _ result: inout FedSources) throws(FeedProblem) -> [String] {
        var groups: [String: [Piece]] = [:]
        var isPresent = false
        for path in folders {
            guard FileManager.default.fileExists(atPath: path) else { continue }
            isPresent = true
            var left = Self.mostFiles
            for piece in pieces(below: path, depth: 0, &left, &result) {
                // systemd-pstore takes the last six digits of a record's number for its part and its count, too.
                let key = piece.id.count > 6 ? String(piece.id.dropLast(6)) : piece.id
                let family = piece.name.dropLast(piece.id.count)
                groups[piece.folder + "/" + family + key, default: []].append(piece)
            }
        }
        if !isPresent { result.notes.append("there is no pstore: nothing at \(folders.joined(separator: ", "))") }
        var present: Set<String> = []
        for (_, pieces) in groups.sorted(by: { $0.key < $1.key }) {
            if let name = try keep(pieces, below: folder) { present.insert(name) }
        }
        return kept(below: folder, present, &result)
    }

    private func pieces(
        below folder: String, depth: Int, _ left: inout Int, _ result: inout FedSources
    ) -> [Piece] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            result.unreadable.append(.init(source: folder, complete: false, problem: "could not be listed: \(folder)"))
            return []
        }
        var found: [Piece] = []
        for name in names where left > 0 {
            let path = folder + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                if depth < 2 { found += pieces(below: path, depth: depth + 1, &left, &result) }
                continue
            }
            guard name.hasPrefix("dmesg-") else { continue }
            left -= 1
            if name.hasSuffix(".enc.z") {
                result.notes.append("\(path) is compressed in a way that this kernel could not undo, and was not read")
                continue
            }
            guard let log = OpenLog(path), let facts = log.facts else {
                result.unreadable.append(
                    .init(
                        source: path, complete: false,
                        problem: "could not be read (\(String(cString: strerror(errno)))): \(path)"))
                continue
            }
            found.append(
                Piece(path: path, bytes: log.bytes(0..<min(facts.size, Self.longestFile)), facts.modifiedSeconds))
        }
        return found
    }

    // MARK: - Keeping

    /// Writes a crash as entries of the kernel, once. Returns the name of the file.
    private func keep(_ pieces: [Piece], below folder: String) throws(FeedProblem) -> String? {
        // What was said first has the highest part; an oops has a lower count than the panic it ends in.
        let ordered = pieces.sorted { ($0.count, -$0.part, $1.name) < ($1.count, -$1.part, $0.name) }
        // One header tells as much as thirty, and belongs where the kernel ended.
        let lines = ordered.flatMap(\.lines) + [ordered.last?.header].compactMap(\.self)
        guard !lines.isEmpty, let died = ordered.map(\.time).max() else { return nil }
        // By what it says: systemd-pstore moves it elsewhere, and it stays the same crash.
        var hash = ByteHash()
        for line in lines { hash.mix(line + [0x0a]) }
        let id = String(hash.value, radix: 16)
        let name = "pstore-\(id).jsonl"
        let spool = try FeedSpool(folder: folder, name: name)
        if let size = FileFacts(path: spool.path)?.size, size > 0 { return name }
        // Beside its name until it is whole.
        let new = try FeedSpool(folder: folder, name: name + ".new")
        _ = unlink(new.path)
        try write(lines, id, died, to: new)
        guard rename(new.path, spool.path) == 0 else {
            throw FeedProblem("cannot write \(spool.path): \(String(cString: strerror(errno)))")
        }
        return name
    }

    private func write(_ lines: [[UInt8]], _ id: String, _ died: Double, to spool: FeedSpool) throws(FeedProblem) {
        let said = lines.map(KernelLine.init)
        let last = said.compactMap(\.seconds).max() ?? 0
        var writer = try FeedSpool.Writer(spool)
        var seconds = said.lazy.compactMap(\.seconds).first ?? last
        for (number, line) in said.enumerated() {
            seconds = line.seconds ?? seconds
            let time = (died - (last - seconds)) * 1e6
            try writer.append(
                JournalEntry.line(
                    .init(
                        cursor: "pstore;h=\(id);n=\(number)", boot: nil, host: host,
                        realtime: time > 0 && time < 1e17 ? Int(time) : nil, monotonic: Int(seconds * 1e6),
                        priority: line.priority, message: line.text)))
        }
        let date = Date(timeIntervalSince1970: died)
        try writer.finish(written: date, now: date)
    }

    /// All crashes that are kept, the ones long gone given up.
    private func kept(below folder: String, _ present: Set<String>, _ result: inout FedSources) -> [String] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasPrefix("pstore-") && $0.hasSuffix(".jsonl") }
        let gone = names.filter { !present.contains($0) }
            .compactMap { name in FileFacts(path: folder + "/" + name).map { (name, $0) } }
            .sorted { ($0.1.changed, $0.0) > ($1.1.changed, $1.0) }
        for (name, facts) in gone.dropFirst(Self.mostKept) {
            result.removed.append(facts.identity)
            _ = unlink(folder + "/" + name)
        }
        let dropped = Set(gone.dropFirst(Self.mostKept).map(\.0))
        return names.filter { !dropped.contains($0) }.sorted().map { folder + "/" + $0 }
    }
}

extension PstoreFeed.Piece {
    fileprivate init(path: String, bytes: [UInt8], _ modified: Double) {
        name = PathParts(path).name
        folder = PathParts(path).folder
        id = String(name.reversed().prefix { $0.isNumber }.reversed())
        self.modified = modified
        var lines = bytes.split(separator: 0x0a).map { Array($0) }
        // "Panic#2 Part3"
        let words = String(decoding: (lines.first ?? []).prefix(80), as: UTF8.self).split(separator: " ")
        if words.count == 2, words[1].hasPrefix("Part"), let part = Int(words[1].dropFirst(4)),
            let mark = words[0].firstIndex(of: "#"), let count = Int(words[0][words[0].index(after: mark)...])
        {
            (self.part, self.count) = (part, count)
            header = lines.removeFirst()
        }
        self.lines = lines
    }

    /// When the kernel died, in seconds since 1970: the records of two kinds of firmware are numbered by it; of the others
    /// the file has that time, for as long as nobody moves it.
    fileprivate var time: Double {
        let plausible = 1_200_000_000.0..<4_000_000_000.0
        if name.hasPrefix("dmesg-efi"), id.count == 15, let seconds = Double(id.prefix(10)), plausible ~= seconds {
            return seconds
        }
        if name.hasPrefix("dmesg-erst"), let number = UInt64(id), plausible ~= Double(number >> 32) {
            return Double(number >> 32)
        }
        return modified
    }
}

/// A line of a kernel's log in text: `<4>[  123.456789] text`.
struct KernelLine: Hashable {
    var priority = 6
    var seconds: Double?
    var text: [UInt8]

    init(_ line: [UInt8]) {
        var rest = line[...]
        if rest.first == UInt8(ascii: "<"), let end = rest.prefix(6).firstIndex(of: UInt8(ascii: ">")),
            let number = Int(String(decoding: rest[rest.startIndex + 1..<end], as: UTF8.self)),
            (0..<192).contains(number)
        {
            priority = number
            rest = rest[(end + 1)...]
        }
        if rest.first == UInt8(ascii: "["), let end = rest.prefix(24).firstIndex(of: UInt8(ascii: "]")) {
            let inside = String(decoding: rest[rest.startIndex + 1..<end], as: UTF8.self)
                .trimmingCharacters(in: .whitespaces)
            if inside.contains("."), inside.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
                let value = Double(inside), value < 1e9
            {
                seconds = value
                rest = rest[(end + 1)...]
                if rest.first == 0x20 { rest = rest.dropFirst() }
            }
        }
        text = Array(rest)
    }
}
