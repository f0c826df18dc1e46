import Gzip
import CrashModel
public import Foundation
import Gzip

/// The folder that a recorder writes into. docs/recording.md describes it.
///
/// It may be read while it is written, and after whatever ended the machine.
public struct RecordingStore: Sendable {
    public let folder: String

    public init(folder: String) {
        self.folder = folder
    }

    /// Where a machine's service records.
    public static let serviceFolder = "/var/lib/faultline/recording"

    /// `$XDG_STATE_HOME/faultline/recording`, else `~/.local/state/faultline/recording`.
    ///
    /// A relative `XDG_STATE_HOME` is ignored, as the XDG base directory specification asks.
    public static func ownFolder(environment: [String: String]) -> String {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return state + "/faultline/recording"
        }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
        return home + "/.local/state/faultline/recording"
    }

    /// The folder to read when none is named: the user's own, else the service's where that can be read.
    ///
    /// - Parameter serviceFolder: Another one for tests.
    public static func defaultFolder(
        environment: [String: String], serviceFolder: String = Self.serviceFolder
    ) -> String {
        let own = ownFolder(environment: environment)
        return access(own, F_OK) != 0 && access(serviceFolder, R_OK | X_OK) == 0 ? serviceFolder : own
    }

    /// All segments, in the order of writing.
    public func segments() throws(RecordingError) -> [RecordingSegment] {
        try RecordingSegment.list(folder)
    }

    /// What of the recording is asked for.
    public struct Query: Sendable, Hashable {
        /// By the machine's clock, both included; nil is without end. Where the clock was set back an hour exists
        /// twice, and both are found.
        public var from: Date?
        public var to: Date?
        /// Only of this boot.
        public var boot: String?
        /// Samples have only their time and uptime, which is fifty times as fast: to count, and to find gaps.
        public var isOutline = false

        public init(from: Date? = nil, to: Date? = nil, boot: String? = nil) {
            self.from = from
            self.to = to
            self.boot = boot
        }

        func holds(_ time: Date) -> Bool {
            if let from, time < from { return false }
            if let to, time > to { return false }
            return true
        }
    }

    /// Reads samples and marks of the asked time, and the headers before them, into memory.
    ///
    /// A minute at 1 Hz takes some 0.3 MB. For hours, ``stream(_:_:)`` keeps nothing.
    public func read(_ query: Query) throws(RecordingError) -> Recording {
        var recording = Recording()
        recording.problems = try stream(query) { line, _ in recording.add(line) }
        return recording
    }

    /// Hands lines of the asked time to `body` in the order of writing; headers are given for every segment that is
    /// opened. The bytes are those of the line, and stand until `body` returns.
    ///
    /// - Returns: What was passed over.
    public func stream(
        _ query: Query, _ body: (PlacedLine, UnsafeRawBufferPointer) -> Void
    ) throws(RecordingError) -> [RecordingProblem] {
        let all = try segments()
        var log = RecordingProblems()
        let decoder = RecordingDecoder()
        for segment in SegmentChoice(all).segments(for: query) {
            var boot: String?
            do throws(SegmentProblem) {
                guard let bytes = try segment.open() else { continue }
                var reader = RecordingLineReader(bytes)
                let stopped = reader.forEach { text, number, ending in
                    if text.isEmpty { return true }
                    if ending == .tooLong {
                        log.add(.tooLong, segment.path, number)
                        return true
                    }
                    let kind = RecordingDecoder.kind(of: text)
                    if kind == .sample || kind == .mark, let time = RecordingDecoder.time(of: text), !query.holds(time)
                    {
                        // Not decoded, but torn lines are counted wherever they are cheap to see.
                        if !RecordingDecoder.isWhole(text) {
                            log.add(ending == .endOfFile ? .unfinished : .damaged, segment.path, number)
                        }
                        return true
                    }
                    let outline = query.isOutline ? RecordingDecoder.outline(of: text) : nil
                    switch outline.map({ .line(.sample($0)) }) ?? decoder.decode(text) {
                    case .damaged: log.add(ending == .endOfFile ? .unfinished : .damaged, segment.path, number)
                    case .foreign: log.add(.foreign, segment.path, number)
                    case .line(let line):
                        if case .header(let header) = line { boot = header.boot }
                        // Where the header is torn, its lines are rather shown than lost.
                        if let asked = query.boot, let boot, boot != asked { return true }
                        if line.isOfTime(in: query) {
                            body(PlacedLine(line, source: segment.path, line: number, boot: boot), text)
                        }
                    }
                    return true
                }
                if let stopped {
                    log.add(.unreadable, segment.path, stopped.line, stopped.problem.description)
                }
            } catch {
                log.add(.unreadable, segment.path, nil, error.reason)
            }
        }
        return log.problems
    }
}

extension RecordingLine {
    fileprivate func isOfTime(in query: RecordingStore.Query) -> Bool {
        switch self {
        case .header: true
        case .mark(let mark): query.holds(mark.time)
        case .sample(let sample): query.holds(sample.time)
        }
    }
}

/// Collects what was passed over, one entry for each kind in each file.
struct RecordingProblems {
    private(set) var problems: [RecordingProblem] = []

    mutating func add(_ kind: RecordingProblem.Kind, _ source: String, _ line: Int?, _ reason: String? = nil) {
        let index = problems.lastIndex { $0.source == source && $0.kind == kind }
        if let index {
            problems[index].count += 1
        } else {
            problems.append(RecordingProblem(kind, source: source, line: line, reason: reason))
        }
    }
}
