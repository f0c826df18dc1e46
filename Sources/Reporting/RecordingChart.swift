public import CrashModel
import Foundation

/// What a page about a recording is drawn from: fed with samples in the order of writing, in fixed memory however many.
public struct RecordingChart: Sendable {
    /// What belongs together on the page.
    enum Group: Hashable, Sendable {
        case memory, pressure, cpu, disks, network, cgroups
        case gpu(Int)
        case processes
    }

    struct Key: Hashable, Sendable {
        var group: Group
        var name: String
        /// Of two processes with one pid, the one that started then.
        var started: Double?
    }

    struct Series: Sendable {
        var buckets = RecordingSeriesBuckets()
        var unit: RecordedSeries.Unit
        /// Whether little of it is bad, such as free memory.
        var isBadWhenLow = false
        var limit: Double?
        /// In which order it was met.
        var order: Int
    }

    let process: String?
    let gpu: Int?
    private(set) var series: [Key: Series] = [:]
    private(set) var gaps: [(gap: RecordingGap, from: Double, to: Double)] = []
    private(set) var gapCount = 0
    private(set) var sampleCount = 0
    private(set) var from: Date?
    private(set) var to: Date?
    /// Why each GPU was slowed down, and in how many samples.
    private(set) var throttle: [Int: [String: Int]] = [:]
    private(set) var gpuProblems: [String: Int] = [:]

    /// Seconds since the first sample, by a clock that nobody set.
    private(set) var position = 0.0
    private var width = 0.25
    private var lastUptime: Double?
    private var rebooted: Double?

    /// What the processes of the sample before held.
    private var alive: [Key: Double] = [:]

    static let mostGaps = 200
    private static let mostProcesses = 256

    /// - Parameters:
    ///   - process: A pid or a name: only these processes.
    ///   - gpu: Only this GPU.
    public init(process: String? = nil, gpu: Int? = nil) {
        self.process = process
        self.gpu = gpu
    }

    /// Takes a gap, before the sample that ends it.
    public mutating func add(_ gap: RecordingGap) {
        gapCount += 1
        if gap.kind == .reboot { rebooted = gap.seconds }
        if gaps.count < Self.mostGaps {
            gaps.append((gap, position, gap.kind == .clock ? position : position + max(0, gap.seconds)))
        }
    }

    public mutating func add(_ sample: MachineSample) {
        advance(to: sample.uptime)
        sampleCount += 1
        from = from ?? sample.time
        to = sample.time
        addMachine(sample)
        addDevices(sample)
        addGPUs(sample)
        addProcesses(sample)
    }

    /// Whether a process is one of those that were asked for.
    public static func matches(_ pid: Int, _ name: String, _ asked: String?) -> Bool {
        guard let asked else { return true }
        return String(pid) == asked || name == asked
    }

    private mutating func advance(to uptime: Double) {
        let step = rebooted.map { max(1, $0) } ?? lastUptime.map { uptime - $0 } ?? 0
        rebooted = nil
        lastUptime = uptime
        // Nobody keeps a recording of thirty years; a senseless number must not stop the clock.
        position += step.isFinite ? min(max(0, step), 1e9) : 0
        while position / width >= Double(RecordingSeriesBuckets.most) {
            width *= 2
            for key in series.keys { series[key]?.buckets.fold() }
        }
    }

    /// Cuts the time into columns: the slots of each.
    func slots(columns: Int) -> [Range<Int>] {
        let slot = Int(position / width) + 1
        let columns = max(1, min(columns, slot))
        return (0..<columns).map { ($0 * slot / columns)..<(($0 + 1) * slot / columns) }
    }

    /// The positions that some slots stand for.
    func positions(_ slots: Range<Int>) -> Range<Double> {
        (Double(slots.lowerBound) * width)..<(Double(slots.upperBound) * width)
    }

    private mutating func put(
        _ value: Double?, _ group: Group, _ name: String, _ unit: RecordedSeries.Unit, low: Bool = false,
        limit: Double? = nil, started: Double? = nil
    ) {
        guard let value else { return }
        let key = Key(group: group, name: name, started: started)
        let order = series.count
        series[key, default: Series(unit: unit, isBadWhenLow: low, order: order)]
            .buckets.add(value, slot: Int(position / width))
        if let limit, limit > 0 { series[key]?.limit = limit }
    }

    private mutating func addMachine(_ sample: MachineSample) {
        if let memory = sample.memory {
            put(
                memory.available.map(Double.init), .memory, "available", .bytes, low: true,
                limit: memory.total.map(Double.init))
            if let total = memory.swapTotal, total > 0, let free = memory.swapFree {
                put(Double(total) - Double(free), .memory, "swap used", .bytes, limit: Double(total))
            }
        }
        for (resource, name) in [("memory", "memory"), ("io", "io"), ("cpu", "cpu")] {
            put(sample.pressure[resource]?.some, .pressure, name, .percent)
        }
        if let cpu = sample.cpu {
            put(cpu.idle.map { 100 - $0 }, .cpu, "busy", .percent)
            put(cpu.iowait, .cpu, "waiting for disks", .percent)
            put(cpu.load, .cpu, "load", .count)
        }
    }

    private mutating func addDevices(_ sample: MachineSample) {
        for disk in sample.disks.prefix(16) { put(disk.busy, .disks, "\(disk.name) busy", .percent) }
        for space in sample.filesystems.prefix(16) {
            put(Double(space.available), .disks, "\(space.path) free", .bytes, low: true, limit: Double(space.total))
        }
        for network in sample.networks.prefix(16) {
            put(network.received, .network, "\(network.name) received", .bytesPerSecond)
            put(network.sent, .network, "\(network.name) sent", .bytesPerSecond)
        }
        for cgroup in sample.cgroups.prefix(64) {
            guard let current = cgroup.current, let max = cgroup.max, max > 0 else { continue }
            put(Double(current) / Double(max) * 100, .cgroups, cgroup.path, .percent)
        }
    }

    private mutating func addGPUs(_ sample: MachineSample) {
        guard let all = sample.gpu else { return }
        if all.status != .ok {
            let what =
                all.status == .notAnswering ? "the driver of the GPUs did not answer" : "the driver of the GPUs failed"
            gpuProblems[all.problem.map { "\(what): \($0)" } ?? what, default: 0] += 1
        }
        for one in all.gpus.prefix(64) where gpu == nil || one.index == gpu {
            let group = Group.gpu(one.index)
            put(one.memoryUsed.map(Double.init), group, "memory used", .bytes, limit: one.memoryTotal.map(Double.init))
            put(one.utilization, group, "utilization", .percent)
            put(one.temperature, group, "temperature", .celsius)
            put(one.power, group, "power", .watts, limit: one.powerLimit)
            for reason in (one.throttle ?? []).prefix(8) { throttle[one.index, default: [:]][reason, default: 0] += 1 }
            if let problem = one.problem, gpuProblems.count < 16 {
                gpuProblems["GPU \(one.index): \(problem)", default: 0] += 1
            }
        }
    }

    private mutating func addProcesses(_ sample: MachineSample) {
        guard let all = sample.processes else { return }
        var now: [Key: Double] = [:]
        for one in all.top where Self.matches(one.pid, one.name, process) {
            let key = Key(group: .processes, name: "\(one.name) \(one.pid)", started: one.started ?? 0)
            now[key] = Double(one.resident)
            put(Double(one.resident), key.group, key.name, .bytes, started: key.started)
        }
        // Only the largest are listed: one that is missing has ended if it would still be among them.
        let smallest = all.top.count < all.count ? all.top.last.map { Double($0.resident) } ?? 0 : 0
        for (key, size) in alive where now[key] == nil && size > smallest {
            put(0, key.group, key.name, .bytes, started: key.started)
        }
        alive = now
        let processes = series.filter { $0.key.group == .processes }
        guard processes.count > Self.mostProcesses else { return }
        let small = processes.sorted { $0.value.buckets.high < $1.value.buckets.high }.prefix(Self.mostProcesses / 2)
        for entry in small { series[entry.key] = nil }
    }
}
