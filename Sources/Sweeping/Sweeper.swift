public import CrashModel
public import Foundation
import Logs
public import Scanning

/// What reads lines and makes incidents of them. Made only when there is something to read: rules take time to get ready.
public struct SweepTools: Sendable {
    public var scanner: any SourceScanner
    /// What the scans of one run's files make, as the diagnosis does it.
    public var diagnose: @Sendable ([SourceScan]) -> [Incident]

    public init(scanner: any SourceScanner, diagnose: @escaping @Sendable ([SourceScan]) -> [Incident]) {
        self.scanner = scanner
        self.diagnose = diagnose
    }
}

/// Reads what is new in all sources and records the incidents that are.
///
/// What was read is remembered only after the ledger has what it told: killed at any moment, it reads something twice, and
/// tells it once. See docs/sweep.md.
public struct Sweeper {
    /// A failure goes on for at most this long after its last line was read, in seconds: as long as two lines may lie
    /// apart and be of one episode.
    static let openFor = 90.0 * 60

    private let configuration: SweepConfiguration
    private let file: SweepStateFile
    private let threads: Int
    private let tools: () throws -> SweepTools
    /// How the kernel is asked, and how much is taken of a journal at a time.
    var access = KernelAccess.running
    var limits = JournalFeed.Limits()

    public init(
        _ configuration: SweepConfiguration, state: SweepStateFile, threads: Int = 1,
        tools: @escaping () throws -> SweepTools
    ) {
        self.configuration = configuration
        file = state
        self.threads = max(threads, 1)
        self.tools = tools
    }

    /// - Parameter skipping: Remembers all that stands in the logs as read, and tells nothing of it.
    public func sweep(now: Date, into keeper: some IncidentKeeper, skipping: Bool = false) throws -> SweepOutcome {
        var state = try file.read()
        let before = state
        var outcome = SweepOutcome()
        if !state.pending.isEmpty {
            state.settle(recorded: try keeper.recorded(state.pending.map(\.id)))
            outcome.untold = state.pending
        }
        let feeds = FeedReader(
            folder: FeedReader.folder(ofState: file.path), now: now, access: access, limits: limits)
        let fed = feeds.fetch(configuration.sources, &state)
        let known = Set(state.cursors.filter { !$0.isDump && $0.missingSince == nil }.map(\.facts.identity))
        let listing = SourceListing(configuration, fed: fed, known: known)
        outcome.files = listing.files.count
        outcome.skipped = listing.skipped
        outcome.unreadable = fed.unreadable + listing.unreadable
        outcome.notes = fed.notes + listing.notes
        let matches = ContentMatcher.match(
            listing.files.map { .init(path: $0.path, facts: $0.facts) }, to: state.cursors)
        let work = SweepWork(files: listing.files, matches: matches)
        work.noteWhereContentsAre(in: &state, &outcome, now: now)
        if work.hasNews {
            let tools = try tools()
            let reader = PartReader(scanner: tools.scanner, now: now, settle: configuration.settle)
            var course = SweepCourse(
                file: file, keeper: keeper, work: work, tools: tools, reader: reader, threads: threads, state: state,
                outcome: outcome)
            if skipping { course.skip() } else { try course.run() }
            (state, outcome) = (course.state, course.outcome)
        }
        state.forget(now: now)
        if state != before {
            state.sweptAt = now
            try file.write(state)
        }
        return outcome
    }

    /// To be called when the outcome was shown: what was told is not told again.
    public func confirmTold(_ outcome: SweepOutcome) throws {
        guard !outcome.incidents.isEmpty || !outcome.untold.isEmpty else { return }
        var state = try file.read()
        state.pending = []
        try file.write(state)
    }
}
