public import CrashModel
public import Scanning

/// What is followed.
public struct FollowConfiguration: Sendable {
    /// Files, folders and globs; `-` for standard input. What is not there yet is waited for.
    public var paths: [String]
    /// Tell of what stands in the logs already, too.
    public var fromStart: Bool
    /// Look at files again and again even where the system would tell when they change.
    public var polls: Bool
    /// Seconds of silence from which a run that trained may hang.
    public var silence = 600.0

    public init(paths: [String], fromStart: Bool = false, polls: Bool = false) {
        self.paths = paths
        self.fromStart = fromStart
        self.polls = polls
    }

    /// Bytes before the end of a file that are read for what they say of the run.
    static let context = 128 * 1024
    /// Files without a new line for so many seconds say nothing of the run.
    static let contextAge = 90.0 * 60
}

/// What reads lines and makes incidents of them.
public struct FollowTools {
    public var scanner: LiteralScanner
    /// What the scans of all followed logs make, as the diagnosis does it.
    public var diagnose: ([SourceScan]) -> [Incident]

    public init(scanner: LiteralScanner, diagnose: @escaping ([SourceScan]) -> [Incident]) {
        self.scanner = scanner
        self.diagnose = diagnose
    }
}

/// Who hears the news and keeps the incidents.
public protocol FollowListener: AnyObject {
    func tell(_ news: FollowNews)
    /// What is to go into the ledger.
    func record(_ incidents: [Incident])
}
