import CrashModel
import Foundation
import Reporting

/// What the logs of an incident are called where there is no room for whole paths.
struct SourceNames {
    private let short: [String: String]
    private let lanes: [String: String]

    init(_ incident: ReportedIncident) {
        let sources = Set(incident.evidence.map(\.source) + incident.excerpts.map(\.source))
        let folders = sources.filter { $0 != "-" }.map {
            $0.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        }
        var common = folders.first.map(Array.init) ?? []
        for folder in folders {
            common = zip(common, folder).prefix { $0 == $1 }.map(\.0)
        }
        var short: [String: String] = [:]
        let names = Dictionary(grouping: sources) { Self.tail($0, 1) }
        var lanes: [String: String] = [:]
        for source in sources {
            guard source != "-" else {
                short[source] = SourceName.of(source)
                lanes[source] = SourceName.of(source)
                continue
            }
            let rest = source.split(separator: "/", omittingEmptySubsequences: false).dropFirst(common.count)
            let name = rest.joined(separator: "/")
            short[source] = name.unicodeScalars.count <= 40 ? name : "…/" + Self.tail(source, 2)
            lanes[source] = names[Self.tail(source, 1)]?.count == 1 ? Self.tail(source, 1) : short[source]
        }
        self.short = short
        self.lanes = lanes
    }

    /// `rank3/stderr.log:18`, where the folder is all logs'.
    func place(_ item: ReportedEvidence) -> String { Place.of(short[item.source] ?? item.source, item.line) }

    /// What the lane of a line is called: its rank, else its log.
    func lane(_ item: ReportedEvidence) -> String {
        if let rank = item.rank, item.part != .progress, item.part != .checkpoint { return "rank \(rank)" }
        return lanes[item.source] ?? item.source
    }

    private static func tail(_ source: String, _ parts: Int) -> String {
        source.split(separator: "/").suffix(parts).joined(separator: "/")
    }
}
