package import CrashModel
import Foundation

/// What the machine looked like, as lines of text for both reports.
package struct ContextLines {
    let context: ResourceContext
    let moment: Moment

    package init(context: ResourceContext, moment: Moment) {
        self.context = context
        self.moment = moment
    }

    /// `The machine at that moment`, or that it is only how it looks now.
    package var heading: String {
        switch context.origin {
        case .kernelReport: "The machine at that moment, by the kernel's own report"
        case .recording: "The machine around that moment, as recorded"
        case .snapshotAfter: "This machine now, after the fact"
        }
    }

    /// The same above what only shows one moment, where a window was shown before.
    package var tableHeading: String {
        guard context.window != nil, context.origin == .recording else { return heading }
        return "The last sample before" + (context.takenAt.map { ", of \(moment.clock($0))" } ?? "")
    }

    /// What to think of it; nil when it is first-hand.
    package var caution: String? {
        switch context.origin {
        case .kernelReport, .recording: nil
        case .snapshotAfter:
            "Taken by this scan\(context.takenAt.map { " at \(moment.stamp($0))" } ?? ""): it does not show what the "
                + "machine looked like at the crash, and the logs may be another machine's."
        }
    }

    /// Memory, swap, pressure and disks, one sentence each.
    package var facts: [String] {
        var facts: [String] = []
        if let memory = context.memory {
            facts += [limit(memory), main(memory), swap(memory)].compactMap(\.self)
        }
        let pressure = context.pressure.sorted { $0.key < $1.key }.map { "\($0.key) \(Amount.tenths($0.value)) %" }
        if !pressure.isEmpty {
            let time = context.origin == .recording ? "of the time" : "of the last 10 s"
            facts.append("waiting: \(pressure.joined(separator: ", ")) \(time) (PSI, some)")
        }
        facts += context.filesystems.map {
            "disk: \(Amount.bytes($0.available)) of \(Amount.bytes($0.total)) free at \($0.path)"
        }
        return facts
    }

    /// The largest processes as a table with its header; empty when none is known.
    var table: [String] {
        let processes = context.processes
        if processes.isEmpty { return [] }
        let swapped = processes.contains { $0.swapped != nil }
        var rows = [["pid", "memory"] + (swapped ? ["swap"] : []) + ["process"]]
        for process in processes {
            let swap = swapped ? [process.swapped.map(Amount.bytes) ?? ""] : []
            let name = SafeText.line(process.name) + (process.victim ? "  <- killed" : "")
            rows.append([String(process.pid), Amount.bytes(process.resident)] + swap + [name])
        }
        // Numbers to the right; the name comes last, so that a strange one moves nothing.
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : String(repeating: " ", count: widths[column] - cell.count) + cell
            }.joined(separator: "  ")
        }
        let more = context.processCount - processes.count
        if more > 0 { lines.append("and \(Amount.count(more)) smaller \(more == 1 ? "process" : "processes")") }
        return lines
    }

    private func limit(_ memory: MemorySample) -> String? {
        guard let limit = memory.limit else { return memory.usage.map { "memory used: \(Amount.bytes($0))" } }
        return "memory limit: \(Amount.bytes(limit))" + (memory.usage.map { ", used \(Amount.bytes($0))" } ?? "")
    }

    private func main(_ memory: MemorySample) -> String? {
        var parts: [String] = []
        if let available = memory.available { parts.append("\(Amount.bytes(available)) available") }
        if let free = memory.free { parts.append("\(Amount.bytes(free)) free") }
        if let shared = memory.shared { parts.append("\(Amount.bytes(shared)) shared") }
        if let total = memory.total { parts.append("\(Amount.bytes(total)) in all") }
        return parts.isEmpty ? nil : "memory: " + parts.joined(separator: ", ")
    }

    private func swap(_ memory: MemorySample) -> String? {
        guard let total = memory.swapTotal else { return nil }
        if total == 0 { return "swap: none" }
        return "swap: " + (memory.swapFree.map { "\(Amount.bytes($0)) free of " } ?? "") + Amount.bytes(total)
    }
}
