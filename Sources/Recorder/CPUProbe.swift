/// `/proc/stat` and `/proc/loadavg`.
final class CPUProbe {
    private let stat: ProcFile
    private let load: ProcFile
    private var before: Ticks?
    /// The kernel adds up all CPUs and interrupts for every reading: on a machine with hundreds of them that costs more
    /// than everything else, so it is looked at less often there.
    private let everyTicks: Int
    private var tick = 0

    private struct Ticks {
        var user = 0
        var system = 0
        var idle = 0
        var iowait = 0
        var steal = 0

        var all: Int { user + system + idle + iowait + steal }
    }

    init(root: String, cpus: Int) {
        stat = ProcFile(root + "/proc/stat")
        load = ProcFile(root + "/proc/loadavg")
        everyTicks = cpus > 64 ? 5 : 1
    }

    func sample(into line: JSONLine, scratch: Scratch) {
        defer { tick += 1 }
        guard tick % everyTicks == 0 else { return }
        let average = load.read(into: scratch).flatMap { TextCursor($0) }.flatMap { cursor -> Double? in
            var cursor = cursor
            return cursor.decimal()
        }
        let now = ticks(scratch)
        let start = line.place
        var isEmpty = true
        line.object("cpu") {
            if let now, let before, now.all > before.all {
                let all = Double(now.all - before.all)
                func share(_ part: Int) -> Double { max(0, Double(part) / all * 100) }
                line.field("user", share(now.user - before.user), digits: 1)
                line.field("system", share(now.system - before.system), digits: 1)
                line.field("iowait", share(now.iowait - before.iowait), digits: 1)
                line.field("idle", share(now.idle - before.idle), digits: 1)
                line.field("steal", share(now.steal - before.steal), digits: 1)
                isEmpty = false
            }
            if let average {
                line.field("load", average, digits: 2)
                isEmpty = false
            }
        }
        if isEmpty { line.rewind(to: start) }
        if let now { before = now }
    }

    /// `cpu  user nice system idle iowait irq softirq steal guest guest_nice`; guests are in user already.
    private func ticks(_ scratch: Scratch) -> Ticks? {
        guard let text = stat.read(into: scratch), var cursor = TextCursor(text), cursor.take("cpu ") else {
            return nil
        }
        var ticks = Ticks()
        func next() -> Int { min(cursor.integer() ?? 0, 1 << 56) }
        ticks.user = next()
        ticks.user += next()
        ticks.system = next()
        ticks.idle = next()
        ticks.iowait = next()
        ticks.system += next()
        ticks.system += next()
        ticks.steal = next()
        return ticks
    }
}
