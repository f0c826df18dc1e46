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
        SourcePass.scan(input, rules, limits: limits, timeZone: timeZone, isSelective: false)
    }
}
