import Gzip
import CrashModel
import Foundation
import Gzip
import Recording

/// A folder with a made-up recording, removed afterwards.
final class FakeStore {
    let path = NSTemporaryDirectory() + "faultline-store-\(UUID().uuidString)"
    var store: RecordingStore { RecordingStore(folder: path) }

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        chmod(path, 0o700)
        try? FileManager.default.removeItem(atPath: path)
    }

    /// `20261121T182546Z-000017.jsonl`
    static func name(_ start: Date, _ number: Int) -> String {
        let digits = start.iso8601.prefix(19).filter { $0 != "-" && $0 != ":" }
        return digits + "Z-" + String(repeating: "0", count: max(0, 6 - String(number).count)) + "\(number).jsonl"
    }

    /// Writes a segment, compressed or not, and gives its path.
    @discardableResult
    func write(_ bytes: some Collection<UInt8>, at start: Date, number: Int, gzip: Bool = false) throws -> String {
        let file = path + "/" + Self.name(start, number)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        guard gzip else { return file }
        try Self.compress(file, to: file + ".gz")
        try FileManager.default.removeItem(atPath: file)
        return file + ".gz"
    }

    static func compress(_ file: String, to target: String) throws {
        let source = open(file, O_RDONLY)
        let sink = open(target, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer {
            close(source)
            close(sink)
        }
        try GzipWriter.compress(from: source, to: sink)
    }
}

/// Writes lines as a recorder would: its clock may be moved, its uptime only grows.
struct FakeRecorder {
    var boot = "boot-1"
    var clock: Date
    var uptime: Double
    var pid = 812
    var interval = 1.0

    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.iso8601)
        }
        return encoder
    }()

    /// Whether keys come in the order in which the recorder writes them, rather than in that of the alphabet.
    var isNatural = true

    func line(_ value: some Encodable, first keys: [String]) throws -> [UInt8] {
        var text = String(decoding: try Self.encoder.encode(value), as: UTF8.self)
        for key in keys.reversed() where isNatural {
            guard let found = text.firstMatch(of: try Regex("[{,](\"\(key)\":(?:\"[^\"]*\"|[^,}]*))")) else { continue }
            let member = found.output[1].substring ?? ""
            text.replaceSubrange(found.range, with: text[found.range].hasPrefix("{") ? "{" : "")
            text = "{" + member + (text.hasPrefix("{,") || text == "{}" ? "" : ",") + text.dropFirst()
        }
        return Array(text.utf8) + [0x0a]
    }

    func header() throws -> [UInt8] {
        try line(
            RecordingHeader(
                time: clock, uptime: uptime, host: "node17", boot: boot, pid: pid, version: "0.1.0",
                interval: interval, missing: ["gpu: no driver found"]), first: ["schema", "t", "up"])
    }

    mutating func samples(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<count {
            bytes += try line(sample(), first: ["t", "up", "dt"])
            (clock, uptime) = (clock + interval, uptime + interval)
        }
        return bytes
    }

    func sample() -> MachineSample {
        MachineSample(
            time: clock, uptime: uptime, interval: 1,
            memory: MemorySample(total: 64_000_000_000, available: 32_000_000_000),
            pressure: ["memory": PressureSample(some: 0.5, full: 0)],
            processes: ProcessesSample(count: 3, top: [ProcessSample(pid: 42, name: "a \"t\":\"x", resident: 1 << 33)]))
    }

    func mark(_ kind: RecordingMark.Kind, lost: Int? = nil, why: String? = nil) throws -> [UInt8] {
        try line(RecordingMark(kind, time: clock, uptime: uptime, lost: lost, why: why), first: ["mark", "t", "up"])
    }
}
