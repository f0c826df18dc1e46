public import CrashModel

/// The memory and the process table that the kernel prints when it kills for memory.
///
/// The table's columns changed between 2.6 and 6.x, so they are found by the header's names. Its sizes are in pages;
/// a page is taken as 4 KiB, which holds on x86-64 and on most arm64 machines.
public struct KernelOOMReport: Sendable {
    static let pageSize = 4096

    public let context: ResourceContext

    /// Reads a report, or returns `nil` when the lines hold neither a process table nor memory figures.
    public init?(_ lines: [ExcerptLine], victim: Int?, top: Int = 8) {
        var processes: [ProcessSample] = []
        var columns: [Substring] = []
        var memory = MemorySample()
        for line in lines.map(\.text) {
            if line.contains("total_vm") {
                columns = Self.columns(of: line)
            } else if !columns.isEmpty, let process = Self.process(line, columns: columns, victim: victim) {
                processes.append(process)
            } else {
                Self.readMemory(line, into: &memory)
            }
        }
        let hasMemory = memory != MemorySample()
        guard !processes.isEmpty || hasMemory else { return nil }
        processes.sort { ($1.resident, $0.pid) < ($0.resident, $1.pid) }
        context = ResourceContext(
            origin: .kernelReport, memory: hasMemory ? memory : nil, processes: Array(processes.prefix(top)),
            processCount: processes.count)
    }

    /// The names after the bracketed pid: `[  pid  ]   uid  tgid total_vm      rss …`.
    private static func columns(of header: String) -> [Substring] {
        guard let close = header.firstIndex(of: "]") else { return [] }
        return header[header.index(after: close)...].split(separator: " ")
    }

    private static func process(_ line: String, columns: [Substring], victim: Int?) -> ProcessSample? {
        guard let open = line.firstIndex(of: "["), let close = line.firstIndex(of: "]"), open < close,
            let pid = Int(line[line.index(after: open)..<close].filter { $0 != " " })
        else { return nil }
        // The name comes last and may hold spaces.
        let values = line[line.index(after: close)...].split(separator: " ", maxSplits: columns.count - 1)
        guard values.count == columns.count, let rss = columns.firstIndex(of: "rss"),
            let resident = Int(values[rss]).flatMap({ bytes($0, times: pageSize) })
        else { return nil }
        let swap = columns.firstIndex(of: "swapents").flatMap { Int(values[$0]) }
        return ProcessSample(
            pid: pid, name: String(values[columns.count - 1]), resident: resident,
            swapped: swap.flatMap { bytes($0, times: pageSize) }, victim: pid == victim)
    }

    private static func readMemory(_ line: String, into memory: inout MemorySample) {
        if let usage = kibibytes(after: "memory: usage ", in: line) {
            memory.usage = usage
            memory.limit = kibibytes(after: "limit ", in: line)
        } else if let total = kibibytes(after: "Total swap = ", in: line) {
            memory.swapTotal = total
        } else if let free = kibibytes(after: "Free swap  = ", in: line) {
            memory.swapFree = free
        } else if line.hasSuffix(" pages RAM"), let pages = line.split(separator: " ").first.flatMap({ Int($0) }) {
            memory.total = bytes(pages, times: pageSize)
        } else if line.hasPrefix("Node "), let shmem = kibibytes(after: " shmem:", in: line) {
            memory.shared = memory.shared.map { $0.addingReportingOverflow(shmem).partialValue } ?? shmem
        }
    }

    /// The number that follows `label`, taken as KiB, in bytes.
    private static func kibibytes(after label: String, in line: String) -> Int? {
        guard let range = line.firstRange(of: label) else { return nil }
        let digits = line[range.upperBound...].prefix { $0.isNumber }
        return Int(digits).flatMap { bytes($0, times: 1024) }
    }

    /// A size in bytes, or `nil` for one that no machine has: the log may hold anything.
    private static func bytes(_ count: Int, times unit: Int) -> Int? {
        let (bytes, isTooMuch) = count.multipliedReportingOverflow(by: unit)
        return isTooMuch || bytes < 0 || bytes > 1 << 60 ? nil : bytes
    }
}
