public import Foundation
public import Logs

/// Offers each line only to the rules whose literals stand in it. Gives the same answer as ``ReferenceScanner``, which
/// the tests hold it to, about a hundred times faster.
public struct LiteralScanner: SourceScanner {
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
        SourcePass.scan(input, rules, limits: limits, timeZone: timeZone, isSelective: true)
    }
}
