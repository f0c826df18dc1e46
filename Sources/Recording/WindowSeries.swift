import CrashModel
import Foundation

/// Thins the samples of a window to a few points, each of which keeps the worst of those it stands for.
struct WindowSeries {
    /// Points of a series at most.
    static let mostPoints = 48
    static let mostProcesses = 4
    static let mostGPUs = 8
    static let mostCgroups = 2
    static let mostFilesystems = 2

    private let reading: WindowReading
    /// Positions among the samples, by point.
    private let groups: [[Int]]
    /// The position in time of each point, in seconds after the moment.
    let times: [Double]

    /// What is bad of a number: much of it, or little.
    enum Extreme { case most, least }

    init(_ reading: WindowReading) {
        self.reading = reading
        let samples = reading.samples
        let order = samples.indices.sorted { (samples[$0].sample.time, $0) < (samples[$1].sample.time, $1) }
        // The sample of the moment itself is a point of its own.
        let event = order.min { reading.distance(of: $0) < reading.distance(of: $1) }
        guard let first = order.first, let last = order.last, let event else {
            groups = []
            times = []
            return
        }
        let start = samples[first].sample.time
        let length = max(1e-3, samples[last].sample.time.timeIntervalSince(start))
        let buckets = samples.count <= Self.mostPoints ? nil : Double(Self.mostPoints - 2)
        var keys: [Int] = []
        var groups: [[Int]] = []
        var isPast = false
        for (position, index) in order.enumerated() {
            let share = samples[index].sample.time.timeIntervalSince(start) / length
            let bucket = buckets.map { Int(min(share * $0, $0 - 1)) } ?? position
            let key = index == event ? -1 : bucket * 2 + (isPast ? 1 : 0)
            if index == event { isPast = true }
            if keys.last == key, let group = groups.indices.last {
                groups[group].append(index)
            } else {
                keys.append(key)
                groups.append([index])
            }
        }
        self.groups = groups
        times = groups.map { group in
            let middle = samples[group[group.count / 2]].sample.time.timeIntervalSince(reading.moment)
            return (middle * 10).rounded() / 10
        }
    }

    /// All series worth keeping, the most telling first.
    func all(_ processes: ProcessTracks, kills: [RecordedKill], told: [MachineObservation]) -> [RecordedSeries] {
        var series = [
            make("memory.available", .bytes, .least, limit: reading.memoryTotal.map(Double.init)) {
                $0.memory?.available.map(Double.init)
            },
            swap(),
        ]
        series += chosen(processes, kills: kills, told: told).map(resident)
        series += cgroups()
        series += gpus(told).flatMap(gpu)
        for resource in ["memory", "io", "cpu"] {
            series.append(make("pressure.\(resource)", .percent, .most, limit: 100) { $0.pressure[resource]?.some })
        }
        series.append(
            make("cpu", .percent, .most, limit: 100) { sample in
                sample.cpu.flatMap { cpu in cpu.idle.map { 100 - $0 - (cpu.iowait ?? 0) } }
            })
        series += [busiestDisk()] + filesystems()
        return series.compactMap(\.self)
    }

    private func make(
        _ name: String, _ unit: RecordedSeries.Unit, _ extreme: Extreme, subject: String? = nil, limit: Double? = nil,
        _ value: (MachineSample) -> Double?
    ) -> RecordedSeries? {
        let values = groups.map { group -> Double? in
            let known = group.compactMap { value(reading.samples[$0].sample) }.filter(\.isFinite)
            let worst = extreme == .most ? known.max() : known.min()
            return worst.map { unit == .bytes || unit == .count ? $0.rounded() : ($0 * 10).rounded() / 10 }
        }
        guard values.contains(where: { $0 != nil }) else { return nil }
        return RecordedSeries(name: name, unit: unit, subject: subject, limit: limit, values: values)
    }

    private func swap() -> RecordedSeries? {
        let total = reading.samples.lazy.compactMap(\.sample.memory?.swapTotal).max() ?? 0
        guard total > 0 else { return nil }
        return make("swap.used", .bytes, .most, limit: Double(total)) { sample in
            guard let total = sample.memory?.swapTotal, let free = sample.memory?.swapFree else { return nil }
            return Double(total) - Double(free)
        }
    }

    /// Who was killed, who the incident names, who grew, and the largest at the moment.
    private func chosen(
        _ processes: ProcessTracks, kills: [RecordedKill], told: [MachineObservation]
    ) -> [ProcessTrack] {
        let killed = kills.compactMap { $0.victim?.pid }
        let grew = told.filter { $0.kind == "process-grew" || $0.kind == "process-vanished" }.compactMap(\.pid)
        let last = reading.before.last { $0.sample.processes != nil }?.sample.processes?.top ?? []
        let largest = last.sorted { ($1.resident, $0.pid) < ($0.resident, $1.pid) }.map(\.pid)
        let wanted = killed + reading.about.pids.sorted() + grew + largest
        var chosen: [ProcessTrack] = []
        for pid in wanted where chosen.count < Self.mostProcesses && !chosen.contains(where: { $0.pid == pid }) {
            // Of two that had the pid one after the other, the one that held more.
            if let track = processes.tracks.filter({ $0.pid == pid }).max(by: { $0.peak < $1.peak }) {
                chosen.append(track)
            }
        }
        return chosen
    }

    private func resident(_ track: ProcessTrack) -> RecordedSeries? {
        make(
            "process.resident", .bytes, .most, subject: "pid \(track.pid) (\(track.name.prefix(40)))",
            limit: reading.memoryTotal.map(Double.init)
        ) { sample in
            sample.processes?.top.first { $0.pid == track.pid && $0.started == track.started }.map {
                Double($0.resident)
            }
        }
    }

    private func cgroups() -> [RecordedSeries?] {
        // A group may be gone by the moment: its last process was the one that was killed.
        var fullest: [String: (group: CgroupSample, share: Double)] = [:]
        for group in reading.before.flatMap(\.sample.cgroups) {
            guard let current = group.current, let limit = group.max, limit > 0 else { continue }
            let share = Double(current) / Double(limit)
            if fullest[group.path].map({ share >= $0.share }) ?? true { fullest[group.path] = (group, share) }
        }
        let chosen = fullest.values.sorted { ($1.share, $0.group.path) < ($0.share, $1.group.path) }.map(\.group)
        return chosen.prefix(Self.mostCgroups).map { group in
            make(
                "cgroup.memory", .bytes, .most, subject: Words.path(group.path), limit: group.max.map(Double.init)
            ) { sample in
                sample.cgroups.first { $0.path == group.path }?.current.map(Double.init)
            }
        }
    }

    /// The GPUs that are named, and those that something is told of; all of a few, or where GPUs are the matter.
    private func gpus(_ told: [MachineObservation]) -> [Int] {
        let all = Set(reading.samples.flatMap { $0.sample.gpu?.gpus.map(\.index) ?? [] })
        var wanted = (reading.about.gpus.sorted() + told.compactMap(\.gpu)).filter(all.contains)
        if all.count <= 2 || reading.about.isOf(["cuda", "gpu", "hang", "collective"]) { wanted += all.sorted() }
        var chosen: [Int] = []
        for index in wanted where !chosen.contains(index) { chosen.append(index) }
        return Array(chosen.prefix(Self.mostGPUs))
    }

    private func gpu(_ index: Int) -> [RecordedSeries?] {
        func of(_ sample: MachineSample) -> GPUSample? { sample.gpu?.gpus.first { $0.index == index } }
        let states = reading.samples.compactMap { of($0.sample) }
        let subject = "GPU \(index)"
        return [
            make(
                "gpu.memory", .bytes, .most, subject: subject,
                limit: states.lazy.compactMap(\.memoryTotal).max().map(Double.init)
            ) { of($0)?.memoryUsed.map(Double.init) },
            make("gpu.utilization", .percent, .most, subject: subject, limit: 100) { of($0)?.utilization },
            make("gpu.temperature", .celsius, .most, subject: subject) { of($0)?.temperature },
            make(
                "gpu.power", .watts, .most, subject: subject, limit: states.lazy.compactMap(\.powerLimit).max()
            ) { of($0)?.power },
        ]
    }

    private func busiestDisk() -> RecordedSeries? {
        var most: [String: Double] = [:]
        for disk in reading.samples.flatMap(\.sample.disks) { most[disk.name] = max(most[disk.name] ?? 0, disk.busy) }
        guard let busiest = most.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { return nil }
        return make("disk.busy", .percent, .most, subject: String(busiest.key.prefix(40)), limit: 100) { sample in
            sample.disks.first { $0.name == busiest.key }?.busy
        }
    }

    private func filesystems() -> [RecordedSeries?] {
        let last = reading.before.last { !$0.sample.filesystems.isEmpty }?.sample.filesystems ?? []
        let fullest = last.filter { $0.total > 0 }.sorted {
            Double($0.available) / Double($0.total) < Double($1.available) / Double($1.total)
        }
        return fullest.prefix(Self.mostFilesystems).map { system in
            make(
                "filesystem.free", .bytes, .least, subject: Words.path(system.path), limit: Double(system.total)
            ) { sample in
                sample.filesystems.first { $0.path == system.path }.map { Double($0.available) }
            }
        }
    }
}

extension WindowReading {
    /// How far a sample is from the moment, in seconds.
    func distance(of index: Int) -> Double { abs(samples[index].sample.time.timeIntervalSince(moment)) }
}
