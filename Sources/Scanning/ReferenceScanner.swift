public import Foundation
public import Logs

/// Every rule on every line, with nothing clever: slow, simple, and the measure that a faster scanner is tested against.
public struct ReferenceScanner: SourceScanner {
    private let rules: CompiledRules
    private let limits: ReadingLimits
    private let timeZone: TimeZone

    /// - Parameter timeZone: the zone of times that state none.
    public init(_ rules: CompiledRules, limits: ReadingLimits = .init(), timeZone: TimeZone = .current) {
        self.rules = rules
        self.limits = limits
        self.timeZone = timeZone
    }

    public func scan(_ input: LogInput) -> SourceScan {
        var lines = LineScan(
            SourcePass(rules, input, limits: limits, timeZone: timeZone, isSelective: false), LinesInMemory(),
            limits: limits)
        let summary = LogReader(input, limits: limits).forEachLine { lines.take($0) }
        var scan = lines.finish(summary)
        scan.origin = input.origin
        return scan
    }
}
