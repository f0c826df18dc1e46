public import CrashModel
public import Foundation
import Gzip

/// Whether a recorder runs, and what it has kept.
public struct RecordingStatus: Sendable, Hashable, Codable {
    public var folder: String
    /// Whether a recorder holds the lock; nil where that cannot be asked.
    public var isRunning: Bool?
    /// Runs, and wrote its last sample not long ago.
    public var isFresh: Bool
    /// Of the last segment.
    public var host: String?
    public var pid: Int?
    public var version: String?
    public var interval: Double?
    public var missing: [String]
    /// The first segment of the recorder that wrote last, in this boot.
    public var since: Date?
    /// The first and the last that is kept.
    public var first: Date?
    public var last: Date?
    /// Seconds since the last sample.
    public var age: Double?
    public var bytes: Int
    public var segments: Int
    /// Of the last day before ``last``.
    public var samples: Int
    public var gaps: [RecordingGap]
    public var problems: [String]
    /// What the recorder uses, where that can be seen: its memory in bytes, and percent of one core since it started.
    public var resident: Int?
    public var cpu: Double?

    enum CodingKeys: String, CodingKey {
        case folder, host, pid, version, interval, missing, since, first, last, age, bytes, segments, samples, gaps
        case problems, resident, cpu
        case isRunning = "running"
        case isFresh = "fresh"
    }
}

extension RecordingStore {
    /// Asks the folder and, where it runs, the recorder's process.
    public func status(now: Date) throws(RecordingError) -> RecordingStatus {
        let all = try segments()
        var status = RecordingStatus(
            folder: folder, isRunning: isLocked, isFresh: false, missing: [],
            bytes: all.reduce(0) { $0.addingReportingOverflow($1.bytes).partialValue }, segments: all.count,
            samples: 0, gaps: [], problems: [])
        status.first = all.first.flatMap { SegmentChoice.header(of: $0)?.time ?? $0.start }
        for segment in all.reversed() {
            guard let header = SegmentChoice.header(of: segment) else { continue }
            if let pid = status.pid {
                guard pid == header.pid, status.host == header.host else { break }
            } else {
                (status.host, status.pid, status.version) = (header.host, header.pid, header.version)
                (status.interval, status.missing) = (header.interval, header.missing)
            }
            status.since = header.time
        }
        try outline(into: &status, all)
        if let last = status.last {
            let age = now.timeIntervalSince(last)
            status.age = age
            let patience = 5 * max(1, status.interval ?? 1)
            // A little ahead is a clock that was set back just now.
            status.isFresh = status.isRunning == true && age <= patience && age >= -patience
        }
        if status.isRunning == true, let cost = status.pid.flatMap(RecorderCost.init(pid:)) {
            (status.resident, status.cpu) = (cost.resident, cost.cpu)
        }
        return status
    }

    private func outline(into status: inout RecordingStatus, _ all: [RecordingSegment]) throws(RecordingError) {
        guard let newest = all.last else { return }
        var query = Query(from: newest.start.addingTimeInterval(-86400))
        query.isOutline = true
        var finder = RecordingGaps()
        let passedOver = try stream(query) { line, _ in
            status.gaps += finder.add(line.content)
            if case .sample(let sample) = line.content {
                status.samples += 1
                status.last = sample.time
            }
        }
        status.problems = passedOver.filter { !($0.kind == .unfinished && $0.source == newest.path) }.map(\.description)
    }

    /// Whether a recorder holds the lock. Taken for a moment to find out, and given back.
    var isLocked: Bool? {
        let descriptor = Foundation.open(folder + "/lock", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0 { return errno == ENOENT ? false : nil }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return false }
        return errno == EWOULDBLOCK ? true : nil
    }
}

/// What a process used since it started, as `/proc` tells; nothing elsewhere.
struct RecorderCost {
    let resident: Int
    /// Percent of one core.
    let cpu: Double

    init?(pid: Int) {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let uptime = try? String(contentsOfFile: "/proc/uptime", encoding: .utf8),
            let now = uptime.split(separator: " ").first.flatMap({ Double($0) }),
            // The name may hold spaces and brackets; the last bracket ends it.
            let end = status.lastIndex(of: ")")
        else { return nil }
        let fields = status[status.index(after: end)...].split(separator: " ")
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        guard fields.count > 21, ticks > 0, let user = Double(fields[11]), let system = Double(fields[12]),
            let start = Double(fields[19]), let pages = Int(fields[21])
        else { return nil }
        let elapsed = now - start / ticks
        guard elapsed > 0 else { return nil }
        cpu = (user + system) / ticks / elapsed * 100
        resident = pages.multipliedReportingOverflow(by: Int(sysconf(Int32(_SC_PAGESIZE)))).partialValue
    }
}

extension RecordingStore {
    /// The last sample that is kept, without decoding those before it; nil where there is none.
    public func lastSample() throws(RecordingError) -> PlacedSample? {
        for segment in try segments().reversed() {
            guard let bytes = try? segment.open() else { continue }
            var reader = RecordingLineReader(bytes)
            var found: (text: [UInt8], line: Int)?
            var older: (text: [UInt8], line: Int)?
            _ = reader.forEach { text, line, _ in
                guard RecordingDecoder.isWhole(text), RecordingDecoder.time(of: text) != nil else { return true }
                if [.header, .mark].contains(RecordingDecoder.kind(of: text)) { return true }
                // Two, in case that one only looks whole.
                older = found
                found = (Array(text), line)
                return true
            }
            for candidate in [found, older] {
                guard let candidate else { continue }
                let outcome = candidate.text.withUnsafeBytes { RecordingDecoder().decode($0) }
                if case .line(.sample(let sample)) = outcome {
                    return PlacedSample(sample, source: segment.path, line: candidate.line)
                }
            }
        }
        return nil
    }
}
