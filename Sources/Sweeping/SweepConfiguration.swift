/// What a sweep reads.
public struct SweepConfiguration: Sendable, Hashable {
    /// Which files of a source are of one run, and so are judged together.
    public enum Together: String, Sendable, CaseIterable {
        /// Those below a folder that was named or matched, and of files that were named or matched those of one folder.
        case folder
        /// Each file by itself.
        case file
        /// All of the source.
        case all
    }

    public struct Source: Sendable, Hashable {
        /// Files, folders and globs; `**` stands for any folders between.
        public var paths: [String]
        /// What is no file, in place of paths.
        public var feed: SourceFeed?
        public var together: Together
        /// What the machine says rather than a run: it is judged with each of the runs.
        public var isMachine: Bool
        /// Such as `job` and `host`.
        public var labels: [String: String]

        public init(
            paths: [String], together: Together = .folder, isMachine: Bool = false, labels: [String: String] = [:]
        ) {
            self.paths = paths
            self.together = together
            self.isMachine = isMachine
            self.labels = labels
        }

        /// What a machine says of itself is judged with each run.
        public init(feed: SourceFeed, isMachine: Bool = true, labels: [String: String] = [:]) {
            self.init(paths: [], isMachine: isMachine, labels: labels)
            self.feed = feed
        }
    }

    public var sources: [Source]
    /// A file written within so many seconds may be in the middle of a line or of a failure.
    public var settle: Double

    public static let defaultSettle = 10.0

    public init(sources: [Source], settle: Double = defaultSettle) {
        self.sources = sources
        self.settle = settle
    }
}
