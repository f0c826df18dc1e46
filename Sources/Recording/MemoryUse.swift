public import CrashModel

/// How much of a machine's memory is used, swap among it, and how much there is.
public struct MemoryUse: Sendable, Hashable {
    public var used: Int
    public var limit: Int

    /// Nil where the machine does not tell. The page cache counts as free: the kernel gives it back.
    public init?(_ memory: MemorySample?) {
        guard let memory, let total = memory.total, let available = memory.available, total > 0 else { return nil }
        let swap = max(0, memory.swapTotal ?? 0)
        let swapUsed = memory.swapFree.map { max(0, swap.subtractingReportingOverflow($0).partialValue) } ?? 0
        used =
            max(0, total.subtractingReportingOverflow(available).partialValue)
            .addingReportingOverflow(swapUsed).partialValue
        limit = total.addingReportingOverflow(swap).partialValue
    }
}
