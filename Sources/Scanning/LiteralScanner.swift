import CrashModel
import Dumps
public import Foundation
public import Logs

/// Passes over whole buffers for the literals that rules need, and makes lines only of what holds one and of what stands
/// around a finding. Gives the same answer as ``ReferenceScanner``, which the tests hold it to.
public struct LiteralScanner: SourceScanner {
    private let rules: CompiledRules
    private let limits: ReadingLimits
    private let timeZone: TimeZone
    private let chunkBytes: Int
    private let threads: Int

    /// - Parameters:
    ///   - timeZone: the zone of times that state none.
    ///   - chunkBytes: how much is read at once.
    ///   - threads: how many may work on one input.
    public init(
        _ rules: CompiledRules, limits: ReadingLimits = .init(), timeZone: TimeZone = .current,
        chunkBytes: Int = 128 * 1024, threads: Int = 1
    ) {
        self.rules = rules
        self.limits = limits
        self.timeZone = timeZone
        self.chunkBytes = chunkBytes
        self.threads = max(threads, 1)
    }

    public func scan(_ input: LogInput) -> SourceScan {
        if input.isFlightRecorderDump { return Self.scanDump(input) }
        let pass = SourcePass(rules, input, limits: limits, timeZone: timeZone, isSelective: true)
        var scan: SourceScan
        if let search = rules.selector.search {
            var chunks = ChunkScan(pass, input, limits: limits)
            let feed = ChunkFeed(
                ChunkReader(input, limits: limits, chunkBytes: chunkBytes), search, limits: limits)
            if threads > 1 {
                feed.forEach(threads: threads) { chunks.take($0) }
            } else {
                while let searched = feed.next() { chunks.take(searched) }
            }
            scan = chunks.finish(feed.reading)
        } else {
            var lines = LineScan(pass, LinesInMemory(), limits: limits)
            let summary = LogReader(input, limits: limits).forEachLine { lines.take($0) }
            scan = lines.finish(summary)
        }
        scan.origin = input.origin
        return scan
    }

    /// A scan of a source that is still being written, to be told what comes.
    public func live(_ input: LogInput) -> LiveScan {
        LiveScan(
            SourcePass(rules, input, limits: limits, timeZone: timeZone, isSelective: true), input,
            search: rules.selector.search, limits: limits)
    }

    private static func scanDump(_ input: LogInput) -> SourceScan {
        let (dump, report) = DumpReader().read(input)
        var scan = SourceScan(input: report)
        scan.origin = input.origin
        scan.origin.rank = dump?.rank ?? scan.origin.rank
        scan.dump = dump
        return scan
    }
}
