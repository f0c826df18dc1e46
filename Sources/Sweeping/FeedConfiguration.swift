import Foundation
import Logs
import Yams

/// The keys of a source that is no file: `journal`, `kernel`, `pstore` and `first`.
struct FeedReading {
    static let keys = ["journal", "kernel", "pstore", "first"]

    var feeds: [SourceFeed] = []
    /// Seconds that the first sweep looks back.
    var first: Double?
    var saysMachine = false
}

extension SweepConfigurationFile {
    func read(
        feed key: String, _ value: Node, _ folder: String, _ reading: inout FeedReading
    ) throws(SweepError) {
        switch key {
        case "journal":
            if value.mapping != nil {
                reading.feeds.append(.journal(try query(value, folder), first: SourceFeed.defaultFirst))
            } else if try flag(value, key) {
                reading.feeds.append(.journal(JournalQuery(), first: SourceFeed.defaultFirst))
            }
        case "kernel": if try flag(value, key) { reading.feeds.append(.kernel(first: SourceFeed.defaultFirst)) }
        case "pstore":
            if value.bool != nil {
                if try flag(value, key) { reading.feeds.append(.pstore(PstoreFeed.usualFolders)) }
            } else {
                reading.feeds.append(.pstore(try texts(value, key).map { whole($0, folder) }))
            }
        default: reading.first = try duration(value, key)
        }
    }

    /// Makes sure that a source says one thing to read.
    func finish(
        _ source: inout SweepConfiguration.Source, _ reading: FeedReading, _ node: Node
    ) throws(SweepError) {
        if reading.feeds.count + (source.paths.isEmpty ? 0 : 1) > 1 {
            throw problem("a source has one of 'paths', 'journal', 'kernel' and 'pstore'; make several of it", at: node)
        }
        guard var feed = reading.feeds.first else {
            if reading.first != nil { throw problem("'first' is for 'journal' and 'kernel'", at: node) }
            if source.paths.isEmpty {
                throw problem("a source needs 'paths', 'journal: true', 'kernel: true' or 'pstore: true'", at: node)
            }
            return
        }
        if let first = reading.first {
            switch feed {
            case .journal(let query, _): feed = .journal(query, first: first)
            case .kernel: feed = .kernel(first: first)
            case .pstore: throw problem("'first' is for 'journal' and 'kernel'", at: node)
            }
        }
        source.feed = feed
        if !reading.saysMachine { source.isMachine = true }
    }

    private func query(_ node: Node, _ folder: String) throws(SweepError) -> JournalQuery {
        var query = JournalQuery()
        for (key, value) in try mapping(node, "'journal'", keys: ["directory", "units", "kernel", "merge"]) {
            switch key {
            case "directory":
                guard let path = value.string, !path.isEmpty else {
                    throw problem("'directory' must be a folder of journal files", at: value)
                }
                query.path = whole(path, folder)
            case "units": query.units = try texts(value, key)
            case "kernel": query.isKernelOnly = try flag(value, key)
            default: query.isMerged = try flag(value, key)
            }
        }
        if query.isKernelOnly, !query.units.isEmpty {
            throw problem(
                "the kernel is no unit: make a source of 'kernel: true' beside the one with 'units'", at: node)
        }
        return query
    }

    /// `90s`, `30m`, `24h`, `2d` in seconds.
    private func duration(_ node: Node, _ key: String) throws(SweepError) -> Double {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let text = node.string, let last = text.last, let unit = units[last],
            let value = Double(text.dropLast()), value > 0, value * unit <= 366 * 86_400
        else { throw problem("'\(key)' must be a time such as 30m, 24h or 7d, a year at most", at: node) }
        return value * unit
    }
}
