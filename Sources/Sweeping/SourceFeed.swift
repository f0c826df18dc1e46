import CrashModel
import Foundation
public import Logs

/// A source that is no file: what it has to say is fetched, and then read as files are.
public enum SourceFeed: Sendable, Hashable {
    /// The journal. The first sweep reads so many seconds back.
    case journal(JournalQuery, first: Double)
    /// What this machine's kernel says: by its journal where that outlives a restart, else by its ring.
    case kernel(first: Double)
    /// What kernels left behind that died, in these folders.
    case pstore([String])

    public static let defaultFirst = 86_400.0

    /// The file that it is kept in; pstore has one for each crash.
    var name: String {
        switch self {
        case .journal(let query, _):
            var plain = JournalQuery()
            plain.program = query.program
            if query == plain { return "journal.jsonl" }
            var hash = StableHash()
            hash.combine(query.path ?? "")
            for unit in query.units { hash.combine(unit) }
            hash.combine("\(query.isKernelOnly) \(query.isMerged) \(query.boot ?? "")")
            return "journal-\(hash.hex).jsonl"
        case .kernel: return "kernel.jsonl"
        case .pstore: return "pstore"
        }
    }
}

/// What feeds gave: files to read, and what is to be said of it.
struct FedSources {
    /// Files of each source, by the source's number.
    var files: [Int: [String]] = [:]
    var notes: [String] = []
    var unreadable: [InputReport] = []
    /// Files that were given up on purpose.
    var removed: [FileIdentity] = []
}

/// Fetches what all feeds of a configuration have to say, into a folder beside the state.
struct FeedReader {
    let folder: String
    let now: Date
    var access = KernelAccess.running
    var limits = JournalFeed.Limits()

    /// Where feeds are kept of which a state file remembers what was read.
    static func folder(ofState path: String) -> String {
        (path.hasSuffix(".json") ? String(path.dropLast(5)) : path) + ".d"
    }

    func fetch(_ sources: [SweepConfiguration.Source], _ state: inout SweepState) -> FedSources {
        var result = FedSources()
        var seen: Set<String> = []
        for (number, source) in sources.enumerated() {
            guard let feed = source.feed, seen.insert(feed.name).inserted else { continue }
            do {
                try fetch(feed, number, &state, &result)
            } catch {
                result.unreadable.append(InputReport(source: feed.name, complete: false, problem: error.message))
            }
        }
        for identity in result.removed { state.forget(identity) }
        return result
    }

    private func fetch(
        _ feed: SourceFeed, _ number: Int, _ state: inout SweepState, _ result: inout FedSources
    ) throws(FeedProblem) {
        if case .pstore(let folders) = feed {
            let reader = PstoreFeed(folders: folders, host: access.host())
            result.files[number] = try reader.fetch(into: folder, &result)
            return
        }
        var spool = try FeedSpool(folder: folder, name: feed.name)
        spool.enough = limits.kept
        // Whatever comes of asking for more, what was fetched before is read.
        defer { result.files[number] = spool.paths }
        try spool.mend()
        spool.rotate(&state, now: now)
        switch feed {
        case .journal(let query, let first):
            try JournalFeed(query: query, first: first, now: now, limits: limits).fetch(into: spool, &result)
        case .kernel(let first):
            if access.hasPersistentJournal() {
                var query = JournalQuery()
                query.isKernelOnly = true
                query.program = access.journalProgram
                try JournalFeed(query: query, first: first, now: now, limits: limits).fetch(into: spool, &result)
            } else {
                try KernelFeed(access: access, now: now).fetch(into: spool, &result)
            }
        case .pstore: break
        }
    }
}
