public import CrashModel
public import Dumps
public import Foundation
public import Logs

/// Finds what one source holds. ``ReferenceScanner`` is the plain one; a faster one must give the same answer.
public protocol SourceScanner: Sendable {
    func scan(_ input: LogInput) -> SourceScan
}

/// What a scan of one source found, in the order of its lines.
public struct SourceScan: Sendable {
    public var input: InputReport
    /// Who writes the source, as far as its path says.
    public var origin = LineOrigin()
    public var findings: [ScannedFinding] = []
    /// Which ranks of the world the local ones of its machine are.
    public var nodeRanks = NodeRanks()
    /// Where training advanced.
    public var progress = ProgressTrail()
    /// Where its state was saved.
    public var checkpoints = CheckpointTrail()
    /// What stands out, for the case that no rule knows what happened.
    public var outstanding = OutstandingLines()
    /// Lines that say that the run ended well.
    public var successLines: [Int] = []
    /// Whether its lines state the zone of their times; if not, they were taken in the scan's own.
    public var isZoneStated = false
    /// Whether its lines state no date at all, only a time of day.
    public var isDateAssumed = false
    /// Whether its lines state no year, so that the file's own time had to tell it.
    public var isYearAssumed = false
    /// Seconds that the zone which its lines state is ahead of UTC, unless they are in UTC.
    public var utcOffset: Int?
    /// Seconds by which its times, which state no zone, were moved to agree with other logs.
    public var movedBy: Double = 0
    /// The first and the last time that a line of the source states.
    public var firstTime: Date?
    public var lastTime: Date?
    /// The last line that states its time.
    public var lastDatedLine: ExcerptLine?
    /// The longest time between two lines that state theirs.
    public var longestSilence: Silence?
    /// Seconds since something came, by the clock of who follows the source while it is written.
    public var quietSeconds: Double?
    /// What the source holds instead of lines: a rank's record of its collectives.
    public var dump: FlightRecorderDump?
    /// Blocks such as tracebacks that were opened but never understood, with the line they begin at.
    public var unfinishedBlocks: [ExcerptLine] = []
    /// Findings beyond the limit, counted but not kept.
    public var uncounted = 0
}

extension SourceScan {
    /// A source of which nothing is known yet.
    public init(_ input: InputReport) {
        self.init(input: input)
    }

    /// The same source, whose dates are no longer a guess from the file's own time.
    public var withDatesKnown: SourceScan {
        var scan = self
        for index in scan.findings.indices {
            scan.findings[index].finding.time.noteDateKnown()
            scan.findings[index].lastTime.noteDateKnown()
        }
        scan.progress.eachTime { $0.noteDateKnown() }
        scan.checkpoints.eachTime { $0.noteDateKnown() }
        scan.outstanding.eachTime { $0.noteDateKnown() }
        scan.isDateAssumed = false
        return scan
    }

    /// The same source by a clock that is this many seconds ahead.
    public func shifted(by seconds: Double) -> SourceScan {
        var scan = self
        for index in scan.findings.indices {
            scan.findings[index].finding.time = scan.findings[index].finding.time.shifted(by: seconds)
            scan.findings[index].lastTime = scan.findings[index].lastTime.shifted(by: seconds)
        }
        scan.progress.eachTime { $0 = $0.shifted(by: seconds) }
        scan.checkpoints.eachTime { $0 = $0.shifted(by: seconds) }
        scan.outstanding.eachTime { $0 = $0.shifted(by: seconds) }
        scan.firstTime = firstTime.map { $0 + seconds }
        scan.lastTime = lastTime.map { $0 + seconds }
        scan.longestSilence?.from += seconds
        scan.longestSilence?.to += seconds
        return scan
    }
}

/// A finding with what diagnosis wants to know beyond its public face.
public struct ScannedFinding: Sendable {
    public var finding: Finding
    /// All lines of its block.
    public var block: [ExcerptLine] = []
    /// The first line of its block, or its own.
    public var firstLine: Int
    public var priority: Int
    /// When its last repeat was written.
    public var lastTime: LogTime = .unknown
    /// A later line of the same source that shows that it healed.
    public var recoveredAt: Int?
    /// Shaped as a record of the kernel.
    public var isKernel: Bool

    public init(
        finding: Finding, block: [ExcerptLine] = [], firstLine: Int, priority: Int, recoveredAt: Int? = nil,
        isKernel: Bool = false
    ) {
        self.finding = finding
        self.block = block
        self.firstLine = firstLine
        self.priority = priority
        self.recoveredAt = recoveredAt
        self.isKernel = isKernel
    }
}

/// A stretch of time in which a source wrote nothing.
public struct Silence: Sendable, Hashable {
    /// The last line before it.
    public var line: Int
    public var text: String
    public var from: Date
    public var to: Date

    public var seconds: Double { to.timeIntervalSince(from) }
}
