/// `/proc/meminfo`.
final class MemoryProbe {
    private let file: ProcFile
    /// Bytes; of the last reading, for the recorder's own pace.
    private(set) var total = 0
    private(set) var available = 0
    private(set) var swapUsed = 0

    init(root: String) {
        file = ProcFile(root + "/proc/meminfo")
    }

    /// The kernel's words in its order, with the recording's.
    private static func key(of word: UnsafeRawBufferPointer) -> StaticString? {
        if word.equals("MemTotal:") { return "total" }
        if word.equals("MemFree:") { return "free" }
        if word.equals("MemAvailable:") { return "available" }
        if word.equals("Cached:") { return "cached" }
        if word.equals("SwapTotal:") { return "swap_total" }
        if word.equals("SwapFree:") { return "swap_free" }
        if word.equals("Zswap:") { return "zswap" }
        if word.equals("Dirty:") { return "dirty" }
        if word.equals("Writeback:") { return "writeback" }
        if word.equals("AnonPages:") { return "anonymous" }
        if word.equals("Shmem:") { return "shared" }
        if word.equals("Slab:") { return "slab" }
        return nil
    }

    func sample(into line: JSONLine, scratch: Scratch) {
        guard let text = file.read(into: scratch), var cursor = TextCursor(text) else { return }
        var swapTotal = 0
        var swapFree = 0
        var hugePages = 0
        var freeHugePages = 0
        line.object("memory") {
            while !cursor.isAtEnd {
                let word = cursor.word()
                let value = cursor.integer() ?? 0
                let bytes = value.multipliedReportingOverflow(by: 1024)
                if let key = Self.key(of: word), !bytes.overflow {
                    line.field(key, bytes.partialValue)
                    if word.equals("MemTotal:") { total = bytes.partialValue }
                    if word.equals("MemAvailable:") { available = bytes.partialValue }
                    if word.equals("SwapTotal:") { swapTotal = bytes.partialValue }
                    if word.equals("SwapFree:") { swapFree = bytes.partialValue }
                } else if word.equals("HugePages_Total:") {
                    hugePages = value
                } else if word.equals("HugePages_Free:") {
                    freeHugePages = value
                } else if word.equals("Hugepagesize:"), hugePages > 0, !bytes.overflow {
                    line.field("huge_total", hugePages.multipliedReportingOverflow(by: bytes.partialValue).partialValue)
                    line.field(
                        "huge_free", freeHugePages.multipliedReportingOverflow(by: bytes.partialValue).partialValue)
                }
                cursor.skipLine()
            }
        }
        swapUsed = max(0, swapTotal - swapFree)
    }
}
