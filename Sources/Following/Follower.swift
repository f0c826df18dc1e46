import CrashModel
import Foundation
import Logs
import Scanning
import Sweeping

/// Follows logs while they are written: reads what comes, has it judged when it has settled, and tells what is new.
///
/// It is driven by ``step(now:)``; ``run(stopping:)`` calls that when there is something to do.
public final class Follower {
    /// Bytes read of one file before the others have their turn.
    static let budget = 8 << 20
    /// Seconds after which a file that lost its name and got no more bytes is let go.
    static let leaveAfter = 10.0
    /// Seconds for which the findings of what was rotated away stand beside what came after.
    static let keepEnded = 600.0
    /// Contents that have ended and whose findings are still of interest.
    static let mostEnded = 64

    let configuration: FollowConfiguration
    let tools: FollowTools
    let watch: ChangeWatch
    private let listener: any FollowListener
    private var clock = JudgementClock()
    private var told = ToldIncidents()
    /// By name, in the order in which they were found.
    var files: [FollowedFile] = []
    var filesByPath: [String: FollowedFile] = [:]
    /// Contents that lost their name: they are read until nothing more comes.
    private var leaving: [OpenContent] = []
    private var ended: [FollowedSource] = []
    private(set) var streams: [FollowedStream] = []
    var listing: FollowedListing
    private var nextNumber = 0
    private var dirty: Set<String> = []
    /// Events told of names that no listing has looked at yet.
    private var isListingHinted = false
    private var lookedAt = -Double.infinity
    private var quietJudged: [Int: Double] = [:]
    /// All that stood in the logs when following began was read.
    private(set) var isCaughtUp = false
    private var bytes = 0

    public init(_ configuration: FollowConfiguration, tools: FollowTools, listener: any FollowListener) {
        self.configuration = configuration
        self.tools = tools
        self.listener = listener
        watch = ChangeWatch(isEnabled: !configuration.polls)
        listing = FollowedListing(configuration.paths)
    }

    /// Crashes that were told, less those after which the run went on.
    public var crashes: Int { told.crashes }
    /// Bytes read so far.
    public var bytesRead: Int { bytes }
    /// Whether something was to be followed and could not be read, or not wholly.
    public var isIncomplete: Bool { !problems.isEmpty || files.contains { $0.problem != nil } }
    /// How many files and streams are followed at present.
    public var count: Int { files.count { $0.content != nil } + streams.count { !$0.isEnded } }
    /// Whether nothing can come any more: standard input ended, and nothing else was named.
    public var isOver: Bool { !streams.isEmpty && streams.allSatisfy(\.isEnded) && listing.isEmpty }

    func say(_ note: String) { listener.tell(.note(note)) }

    func number() -> Int {
        nextNumber += 1
        return nextNumber
    }

    // MARK: - Steps

    /// Opens what is there. To be called once.
    public func start(now: Double) {
        FileLimit.raise()
        for path in listing.streams { openStream(path, now: now) }
        list(now: now, isStart: true)
        say(summary)
        for file in files where file.content == nil && file.problem == nil {
            file.isMissingTold = true
            say("\(file.path) is not there yet; it is read when it appears")
        }
        for pattern in listing.withoutMatch { say("nothing matches \(pattern) yet") }
    }

    private var summary: String {
        let open = files.count { $0.content != nil }
        var all = streams.map { SourceName.of($0.name) }
        // Files are told of where any were named, even if there is none yet.
        if all.isEmpty || !listing.isEmpty { all.insert("\(open) \(open == 1 ? "file" : "files")", at: 0) }
        var text = "following " + all.joined(separator: " and ")
        if !listing.isEmpty {
            let reasons = Set(watch.polled.values).sorted()
            text +=
                reasons.isEmpty
                ? ", by inotify"
                : ", looked at \(Int(1 / lookEvery)) times a second: \(reasons.joined(separator: "; "))"
        }
        return text + (configuration.fromStart ? ", from the beginning" : "; what is new is told")
    }

    /// Seconds between two looks at everything.
    var lookEvery: Double { watch.polled.isEmpty ? 1 : 0.25 }

    /// Does what there is to do. Returns when the next step is to be made at the latest.
    @discardableResult
    public func step(now: Double) -> Double {
        let changes = watch.drain()
        dirty.formUnion(changes.files)
        let isLook = changes.isOverflown || now - lookedAt >= lookEvery
        // A file that was empty when it was made is one when something is written into it.
        let isHinted =
            changes.isOverflown || !changes.folders.isEmpty
            || changes.files.contains { filesByPath[$0] == nil && !listing.passedOver.contains($0) }
        if isHinted || isLook || isListingHinted {
            isListingHinted = isListingHinted || isHinted
            if listing.isDue(now: now, isHinted: isListingHinted, isPolled: !watch.polled.isEmpty) {
                isListingHinted = false
                list(now: now, isStart: false)
            }
        }
        if isLook {
            lookedAt = now
            for file in files { look(file, now: now) }
            for content in leaving { read(content, now: now) }
            leave(now: now)
        } else {
            for path in dirty { if let file = filesByPath[path] { look(file, now: now) } }
        }
        dirty = Set(
            files.filter { ($0.content?.waiting ?? 0) > 0 }.map(\.path))
        for stream in streams { readStream(stream, now: now) }
        let isBusy = !dirty.isEmpty
        if !isBusy { isCaughtUp = true }
        noteChanges(now: now)
        if isCaughtUp, let due = clock.due, due <= now { judge(now: now) }
        record(told.toRecord(now: now))
        if isBusy { return now }
        let dues = [clock.due, told.recordDue, lookedAt + lookEvery, isListingHinted ? now + 0.1 : nil].compactMap(
            \.self)
        return max(now, dues.min() ?? now + lookEvery)
    }

    private func noteChanges(now: Double) {
        for source in sources {
            if source.takeChange() { clock.noteChange(at: now) }
            let quiet = now - source.lastDataAt
            // A half line is taken for a line when nothing more comes of it.
            if source.hasHalfLine, quiet >= 1, halfLinesJudged[source.number] != source.lastDataAt {
                halfLinesJudged[source.number] = source.lastDataAt
                clock.noteChange(at: now)
            }
            // Looked at again when its silence is longer by half.
            let judged = quietJudged[source.number] ?? 0
            if source.isLive, quiet < judged { quietJudged[source.number] = 0 }
            if source.isLive, quiet >= configuration.silence, quiet >= 1.5 * judged, quiet < 86_400 {
                quietJudged[source.number] = quiet
                clock.noteChange(at: now)
            }
        }
    }

    /// What was said not to be read, by source; the first of it.
    private var problems: [Int: Set<String>] = [:]
    private var halfLinesJudged: [Int: Double] = [:]

    var sources: [FollowedSource] {
        files.compactMap(\.content?.source) + leaving.map(\.source) + streams.map(\.source) + ended
    }

    // MARK: - Judging

    private func judge(now: Double) {
        let began = ContinuousClock.now
        var names: Set<String> = []
        let judged = sources.map { source in
            source.forget(now: now)
            var scan = source.scan(now: now, quiet: configuration.silence)
            // Findings are known again by the name of their source.
            tellProblem(of: scan, number: source.number)
            while !names.insert(scan.input.source).inserted { scan.rename(scan.input.source + " (before)") }
            return JudgedSource(number: source.number, firstNewLine: source.firstNewLine, scan: scan)
        }
        let incidents = tools.diagnose(judged.map(\.scan))
        for news in told.judge(incidents, of: judged, now: now) { listener.tell(news) }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        clock.noteJudgement(at: now, seconds: seconds, isOpen: told.isWaiting)
    }

    /// What was not read of a source, said once.
    private func tellProblem(of scan: SourceScan, number: Int) {
        guard !scan.input.complete, let problem = scan.input.problem,
            problems[number, default: []].count < 3, problems[number, default: []].insert(problem).inserted
        else { return }
        say("\(SourceName.of(scan.input.source)): \(scan.input.reason)")
    }

    private func record(_ incidents: [Incident]) {
        if !incidents.isEmpty { listener.record(incidents) }
    }

    /// Reads what is left, judges it, and records all that was told.
    public func finish(now: Double) {
        for file in files { look(file, now: now) }
        for content in leaving { read(content, now: now) }
        // What comes faster than it is read would keep this from ending.
        var turns = 0
        while turns < 64, files.contains(where: { ($0.content?.waiting ?? 0) > 0 }) {
            for file in files { if let content = file.content { read(content, now: now) } }
            turns += 1
        }
        judge(now: now + 1)
        if isOver { judge(now: now + 1 + ToldIncidents.standing) }
        record(told.toRecord(now: now, isEnd: true))
    }

    // MARK: - Files

    /// Reads what is new of a name, whatever file has it by now.
    func look(_ file: FollowedFile, now: Double) {
        let facts = FileFacts(path: file.path)
        if let content = file.content {
            if content.isEmptied() {
                emptied(file, content, now: now)
            } else {
                read(content, now: now)
                if let facts, facts.identity != content.identity {
                    // What was written until the name was given away is read first.
                    if content.waiting > 0 { return }
                    leave(file, content, now: now)
                    open(file, from: .beginning, now: now)
                } else if facts == nil, !file.isMissingTold {
                    file.isMissingTold = true
                    say("\(file.path) was moved or removed; what has its name next is read from its beginning")
                }
            }
        } else if facts != nil {
            open(file, from: .beginning, now: now)
            if file.content != nil, file.isMissingTold { say("\(file.path) is there now") }
        } else {
            return
        }
        if facts != nil { file.isMissingTold = false }
    }

    private func read(_ content: OpenContent, now: Double) {
        let count = content.read(budget: Self.budget, now: now)
        bytes += count
        if count > 0 { clock.noteBytes() }
        guard isCaughtUp else { return }
        if content.waiting < 64 << 20 {
            if content.isBehindTold { say("\(content.source.name): caught up") }
            content.behindSince = nil
            content.isBehindTold = false
        } else if let since = content.behindSince {
            if now - since >= 5, !content.isBehindTold {
                content.isBehindTold = true
                say("\(content.source.name) is written faster than it is read: \(content.waiting >> 20) MiB behind")
            }
        } else {
            content.behindSince = now
        }
    }

    /// The file lost its bytes and keeps its name: `copytruncate`.
    private func emptied(_ file: FollowedFile, _ content: OpenContent, now: Double) {
        var note = "\(file.path) was emptied; it is read from its beginning"
        if content.hadWaiting > 0 { note += " (\(content.hadWaiting) bytes had not been read yet)" }
        say(note)
        listing.remember(emptied: content.mark, of: file.path)
        retire(content.source, named: file.path + " (before it was emptied)", now: now)
        file.content = nil
        open(file, from: .beginning, now: now)
    }

    /// The name belongs to another file now.
    private func leave(_ file: FollowedFile, _ content: OpenContent, now: Double) {
        let path = content.presentPath
        let name = path.map { Self.spelled($0, beside: file.path) } ?? file.path + " (before)"
        say("\(file.path) is another file now" + (path == nil ? "" : "; the old one is \(name)"))
        content.source.name = name
        leaving.append(content)
        file.content = nil
    }

    /// The system tells whole paths; those who named a log by a short one know it by that.
    private static func spelled(_ path: String, beside other: String) -> String {
        let folder = ChangeWatch.folder(of: other)
        guard let real = realpath(folder.isEmpty ? "." : folder, nil) else { return path }
        defer { free(real) }
        let name = PathParts(path).name
        return ChangeWatch.folder(of: path) == String(cString: real) ? ChangeWatch.path(name, in: folder) : path
    }

    /// Lets go of files that lost their name and got nothing more.
    private func leave(now: Double) {
        leaving.removeAll { content in
            guard content.waiting == 0, now - content.source.lastDataAt >= Self.leaveAfter else { return false }
            listing.remember(content.identity, head: content.mark.head, position: content.position)
            retire(content.source, named: content.source.name, now: now)
            return true
        }
        ended.removeAll { now - $0.lastDataAt > Self.keepEnded }
    }

    private func retire(_ source: FollowedSource, named name: String, now: Double) {
        source.end()
        source.name = name
        ended.append(source)
        if ended.count > Self.mostEnded { ended.removeFirst() }
    }

    /// What is open under a name or without one.
    var openContents: [OpenContent] { files.compactMap(\.content) + leaving }

    func keep(_ source: FollowedSource, changed: Bool, now: Double) {
        ended.removeAll { $0.name == source.name }
        ended.append(source)
        if changed { clock.noteChange(at: now) }
    }

    func keep(_ stream: FollowedStream) { streams.append(stream) }

    func noteStream(_ count: Int, isEnd: Bool, now: Double) {
        bytes += count
        if count > 0 { clock.noteBytes() }
        if isEnd { clock.noteChange(at: now) }
    }
}

extension SourceScan {
    mutating func rename(_ name: String) {
        input.source = name
        for index in findings.indices { findings[index].finding.source = name }
    }
}
