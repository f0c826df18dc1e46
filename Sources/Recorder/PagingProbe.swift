/// `/proc/vmstat`: kills for memory, major faults and swapping since the last sample.
final class PagingProbe {
    private let file: ProcFile
    private let pageSize: Int
    private var before: Counters?

    private struct Counters {
        var kills: Int?
        var faults: Int?
        var swapIn: Int?
        var swapOut: Int?
    }

    init(root: String, pageSize: Int) {
        file = ProcFile(root + "/proc/vmstat")
        self.pageSize = pageSize
    }

    func sample(into line: JSONLine, scratch: Scratch) {
        guard let text = file.read(into: scratch), var cursor = TextCursor(text) else { return }
        var now = Counters()
        while !cursor.isAtEnd {
            let word = cursor.word()
            // Four of some 190 lines: the first letters tell most of the others.
            if word.starts(with: "oom_kill") || word.starts(with: "ps") || word.starts(with: "pg") {
                if word.equals("oom_kill") {
                    now.kills = cursor.integer()
                } else if word.equals("pgmajfault") {
                    now.faults = cursor.integer()
                } else if word.equals("pswpin") {
                    now.swapIn = cursor.integer()
                } else if word.equals("pswpout") {
                    now.swapOut = cursor.integer()
                }
            }
            cursor.skipLine()
        }
        defer { before = now }
        guard let before else { return }
        line.object("paging") {
            line.field("oom_kills", Self.grown(now.kills, before.kills))
            line.field("major_faults", Self.grown(now.faults, before.faults))
            line.field("swap_in", Self.grown(now.swapIn, before.swapIn).map { $0.clampedProduct(pageSize) })
            line.field("swap_out", Self.grown(now.swapOut, before.swapOut).map { $0.clampedProduct(pageSize) })
        }
    }

    private static func grown(_ now: Int?, _ before: Int?) -> Int? {
        guard let now, let before else { return nil }
        return max(0, now - before)
    }
}

extension Int {
    /// The product, or the largest number where it is larger.
    func clampedProduct(_ factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
