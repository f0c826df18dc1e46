public import CrashModel
import Foundation

/// Makes a window for a report of the samples around a moment: thinned, with what stands out said in sentences.
public struct WindowSummary: Sendable {
    /// Seconds before and after the moment that a window shows.
    public static let before: Double = 5 * 60
    public static let after: Double = 60
    /// Sentences at most; the weightiest are kept.
    static let mostObservations = 8
    /// Bytes of JSON that a window may take, so that reports and the ledger stay small.
    static let largest = 24_000

    private let reading: WindowReading
    private let processes: ProcessTracks
    private let kills: [RecordedKill]

    /// Nil when nothing is recorded of that time.
    public init?(_ stretch: RecordedStretch, about: RecordedMoment) {
        var stretch = stretch
        // A recording is a file, and a file may hold anything.
        stretch.samples.removeAll { !(0...1e12 ~= $0.sample.uptime) }
        let whole = WindowReading(stretch: stretch, about: about, moment: about.span.lowerBound)
        let moment = Self.moment(in: whole)
        let from = moment - Self.before
        let to = max(moment, about.end) + Self.after
        stretch.samples.removeAll { $0.sample.time < from || $0.sample.time > to }
        guard !stretch.samples.isEmpty else { return nil }
        reading = WindowReading(stretch: stretch, about: about, moment: moment)
        processes = ProcessTracks(stretch.samples)
        kills = reading.kills(processes)
    }

    /// Of the time in which it can have happened, the moment at which the recording shows it.
    private static func moment(in reading: WindowReading) -> Date {
        let span = reading.about.span
        guard span.upperBound.timeIntervalSince(span.lowerBound) > 5 else { return span.lowerBound }
        // A sample shows what has happened since the one before.
        func isMeant(_ sample: MachineSample) -> Bool {
            span.lowerBound <= sample.time
                && sample.time <= span.upperBound + min(max(0, sample.interval ?? 1), 60) + 0.5
        }
        let processes = ProcessTracks(reading.samples)
        let kills = reading.kills(processes).filter { $0.victim != nil && isMeant($0.place.sample) }
        // A file's time is that of the log's last line, which follows its kill at once.
        let kill = reading.about.isByFileTime ? kills.last : kills.first
        let end = processes.tracks.filter { reading.about.pids.contains($0.pid) }.compactMap(\.gone)
            .map { reading.samples[$0].sample }.filter(isMeant).map(\.time).min()
        return kill?.time ?? end ?? span.lowerBound
    }

    public var window: RecordedWindow {
        let told = observations
        let thinned = WindowSeries(reading)
        let samples = reading.samples
        var window = RecordedWindow(
            moment: reading.moment, from: samples.map(\.sample.time).min() ?? reading.moment,
            to: samples.map(\.sample.time).max() ?? reading.moment, host: reading.host, sampleCount: samples.count,
            times: thinned.times, series: thinned.all(processes, kills: kills, told: told), observations: told,
            problems: problems)
        while window.series.count > 1, size(of: window) > Self.largest { window.series.removeLast() }
        return window
    }

    /// The window, with the last sample before the moment for everything that a report shows of one moment.
    public var context: ResourceContext {
        // By the clock: where it was set back, what was written last need not be the nearest.
        let upTo = reading.samples.filter { $0.sample.time < reading.moment }.enumerated().sorted { a, b in
            (a.element.sample.time, a.offset) < (b.element.sample.time, b.offset)
        }.map(\.element)
        let last = upTo.last ?? reading.samples.first
        let listed = upTo.last { $0.sample.processes != nil }?.sample.processes
        let filesystems = upTo.last { !$0.sample.filesystems.isEmpty }?.sample.filesystems ?? []
        let killed = Set(kills.compactMap { $0.victim?.pid })
        let top = (listed?.top ?? []).sorted { ($1.resident, $0.pid) < ($0.resident, $1.pid) }.prefix(8).map {
            process in
            var process = process
            process.victim = killed.contains(process.pid)
            return process
        }
        return ResourceContext(
            origin: .recording, takenAt: last?.sample.time, memory: last?.sample.memory,
            pressure: last?.sample.pressure.mapValues(\.some) ?? [:],
            filesystems: Array(filesystems.sorted { $0.path < $1.path }.prefix(6)), processes: Array(top),
            processCount: max(listed?.count ?? 0, top.count), window: window)
    }

    private var observations: [MachineObservation] {
        let memory = reading.memoryObservations(kills)
        let isShort = !kills.isEmpty || memory.contains { Self.meansShortMemory.contains($0.kind) }
        let all =
            reading.killObservations(kills) + memory
            + reading.processObservations(processes, kills: kills, memoryIsShort: isShort)
            + reading.gpuObservations() + reading.diskObservations() + reading.loadObservations()
            + reading.recorderObservations()
        let weighty = all.enumerated().sorted { a, b in
            (Self.weight(a.element), a.offset) < (Self.weight(b.element), b.offset)
        }
        return weighty.prefix(Self.mostObservations).map(\.element).sorted { ($0.at, $0.kind) < ($1.at, $1.kind) }
    }

    private static let meansShortMemory: Set<String> = [
        "memory-fell", "memory-exhausted", "cgroup-full", "swap-full", "memory-pressure",
    ]

    /// From the weightiest, where there is more to tell than a person reads: what a kernel or a device counted, what
    /// was used up, what only hints.
    private static let weights: [[String]] = [
        ["oom-kill", "cgroup-oom-kill", "gpu-lost", "gpu-ecc", "machine-restarted"],
        ["memory-exhausted", "memory-plentiful", "cgroup-full", "gpu-not-answering", "filesystem-silent", "disk-full"],
        ["inodes-full", "shared-memory-full", "gpu-throttled", "gpu-memory-full", "gpu-xid", "gpu-spinning"],
        ["memory-fell", "process-grew", "process-vanished", "swap-full", "gpu-hot", "gpu-memory-without-owner"],
    ]

    private static func weight(_ observation: MachineObservation) -> Int {
        weights.firstIndex { $0.contains(observation.kind) } ?? weights.count
    }

    private var problems: [String] {
        var problems = Array(reading.stretch.problems.prefix(4))
        for mark in reading.stretch.marks.prefix(4) where mark.mark == .gap {
            problems.append(
                "the recorder could not write \(mark.lost ?? 0) samples: \((mark.why ?? "no reason given").prefix(120))"
            )
        }
        if let missing = reading.stretch.headers.last?.missing.prefix(4), !missing.isEmpty {
            problems += missing.map { "not recorded: \($0.prefix(120))" }
        }
        return problems
    }

    private func size(of window: RecordedWindow) -> Int {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        return (try? encoder.encode(window).count) ?? 0
    }
}
