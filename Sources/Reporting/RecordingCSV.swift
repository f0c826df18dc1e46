public import CrashModel

/// Samples as a table for spreadsheets (RFC 4180): one row for each, always the same columns.
///
/// Of disks the busiest is told, of networks the sum, of GPUs the sum of memory and power and the highest of the rest, of
/// processes the largest. What is not known is empty.
public struct RecordingCSV: Sendable {
    let process: String?
    let gpu: Int?

    /// - Parameters:
    ///   - process: Look only at processes of this pid or name.
    ///   - gpu: Look only at this GPU.
    public init(process: String? = nil, gpu: Int? = nil) {
        self.process = process
        self.gpu = gpu
    }

    static let columns = [
        "time", "uptime", "memory_total", "memory_available", "swap_total", "swap_free", "pressure_memory_some",
        "pressure_memory_full", "pressure_io_some", "pressure_io_full", "pressure_cpu_some", "oom_kills", "cpu_user",
        "cpu_system", "cpu_iowait", "cpu_idle", "load", "disk_busy", "disk_read", "disk_write", "network_received",
        "network_sent", "gpu_status", "gpus", "gpu_memory_used", "gpu_memory_total", "gpu_utilization",
        "gpu_temperature", "gpu_power", "gpu_throttle", "process_pid", "process_name", "process_resident",
        "process_growth",
    ]

    /// The first line.
    public var header: String { Self.columns.joined(separator: ",") + "\r\n" }

    public func row(_ sample: MachineSample) -> String {
        let memory = sample.memory
        let pressure = sample.pressure
        let gpus = sample.gpu?.gpus.filter { gpu == nil || $0.index == gpu } ?? []
        let largest = sample.processes?.top.filter { RecordingChart.matches($0.pid, $0.name, process) }
            .max { $0.resident < $1.resident }
        var cells: [String] = [sample.time.iso8601, Self.number(sample.uptime)]
        cells += [memory?.total, memory?.available, memory?.swapTotal, memory?.swapFree].map(Self.number)
        cells += [
            pressure["memory"]?.some, pressure["memory"]?.full, pressure["io"]?.some, pressure["io"]?.full,
            pressure["cpu"]?.some,
        ].map(Self.number)
        cells.append(Self.number(sample.paging?.oomKills))
        let cpu = sample.cpu
        cells += [cpu?.user, cpu?.system, cpu?.iowait, cpu?.idle, cpu?.load].map(Self.number)
        cells.append(Self.number(sample.disks.map(\.busy).max()))
        cells += [
            Self.sum(sample.disks.map(\.read)), Self.sum(sample.disks.map(\.write)),
            Self.sum(sample.networks.map(\.received)), Self.sum(sample.networks.map(\.sent)),
        ].map(Self.number)
        cells.append(sample.gpu?.status.rawValue ?? "")
        cells.append(sample.gpu == nil ? "" : String(gpus.count))
        cells += [
            Self.sum(gpus.compactMap { $0.memoryUsed.map(Double.init) }),
            Self.sum(gpus.compactMap { $0.memoryTotal.map(Double.init) }), gpus.compactMap(\.utilization).max(),
            gpus.compactMap(\.temperature).max(), Self.sum(gpus.compactMap(\.power)),
        ].map(Self.number)
        cells.append(Self.text(Set(gpus.flatMap { $0.throttle ?? [] }).sorted().joined(separator: " ")))
        cells += [
            Self.number(largest?.pid), Self.text(largest?.name ?? ""), Self.number(largest?.resident),
            Self.number(largest?.growth),
        ]
        return cells.joined(separator: ",") + "\r\n"
    }

    private static func sum(_ numbers: [Double]) -> Double? { numbers.isEmpty ? nil : numbers.reduce(0, +) }
    private static func number(_ number: Int?) -> String { number.map(String.init) ?? "" }

    /// Whole numbers without a point.
    private static func number(_ number: Double?) -> String {
        guard let number, number.isFinite else { return "" }
        return Int(exactly: number).map(String.init) ?? String(number)
    }

    static func text(_ untrusted: String) -> String { TableCell.text(untrusted) }
}
