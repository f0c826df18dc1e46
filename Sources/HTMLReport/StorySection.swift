import CrashModel
import Foundation
import Reporting

/// What happened, in order, as a list: for those who cannot see or use the drawing, and for details.
struct StorySection {
    let incident: ReportedIncident
    let anchor: String
    let moment: Moment

    /// Entries that stand open; the others can be opened.
    static let mostOpen = 14

    func fill(_ page: inout PageValues, links: EvidenceLinks, room: inout PageRoom) {
        let shown = incident.evidence.prefix(max(0, room.story))
        room.story -= shown.count
        let times = PlacedTimes(incident)
        let names = SourceNames(incident)
        let days = Set(shown.compactMap { $0.time.map(moment.day) })
        page.flag("isUntimed", shown.allSatisfy { $0.time == nil && $0.timeFrom == nil })
        let cause = shown.firstIndex { $0.part == .root } ?? 0
        let rows = shown.enumerated().map { index, item in
            PageValues {
                $0.text("mark", item.part.mark)
                // A traceback's reader, such as a launcher, may write before what it reads.
                let isEarlier = index < cause && item.part == .consequence
                $0.text("part", isEarlier ? "effect" : item.part.pageWords)
                $0.text("title", (item.count > 1 ? "\(Amount.count(item.count)) × " : "") + item.title, limit: 300)
                $0.text("rank", item.allRanks.isEmpty ? nil : RankList.words(item.allRanks.sorted()))
                $0.text("place", names.place(item), limit: 300)
                $0.text("link", links[item])
                if let time = item.time {
                    $0.text("time", (days.count > 1 ? moment.day(time) + " " : "") + moment.clock(time))
                } else if let from = item.timeFrom {
                    $0.text("about", "after " + moment.clock(from))
                } else {
                    $0.text("about", "no time")
                }
                $0.text("offset", times.offset(item))
            }
        }
        page.list("story", Array(rows.prefix(Self.mostOpen)))
        page.list("storyRest", Array(rows.dropFirst(Self.mostOpen)))
        page.text("storyRestWords", Amount.of(max(0, rows.count - Self.mostOpen), "more line"))
        let left = incident.evidence.count - shown.count + incident.evidenceLeftOut
        page.text("storyLeft", left > 0 ? "\(Amount.of(left, "further line")) like these left out." : nil)
        page.text(
            "storyZone",
            incident.firstSeen.map { "Times are \(moment.zone($0)); a line that states no zone is taken to mean it." })
    }
}

/// Which rank failed when.
struct RankSection {
    let incident: ReportedIncident
    let moment: Moment

    static let mostRanks = 256
    /// Where a page holds many maps.
    static let fewRanks = 12

    func fill(_ page: inout PageValues, links: EvidenceLinks, room: inout PageRoom) {
        guard incident.rankMap.count > 1 else { return }
        let shown = incident.rankMap.prefix(room.ranks > 0 ? Self.mostRanks : Self.fewRanks)
        room.ranks -= shown.count
        let byID = Dictionary(incident.evidence.map { ($0.id, $0) }) { first, _ in first }
        let times = PlacedTimes(incident)
        let hosts = Set(incident.rankMap.compactMap(\.host))
        page.values(
            "ranks",
            PageValues {
                $0.text("words", incident.rankWords)
                $0.list(
                    "chips",
                    shown.map { rank in
                        PageValues {
                            $0.number("rank", rank.rank)
                            $0.text("mark", rank.part.mark)
                            $0.text("title", rank.title, limit: 120)
                            let isFirst = rank.isFirst && incident.closeCall == nil
                            $0.flag("isFirst", isFirst)
                            $0.text("host", hosts.count > 1 ? rank.host : nil, limit: 60)
                            $0.text("link", rank.evidence.flatMap { byID[$0] }.flatMap { links[$0] })
                            if isFirst {
                                $0.text("offset", "first")
                            } else {
                                let offset = rank.time.flatMap(times.offset)
                                $0.text("offset", offset ?? rank.time.map(moment.clock) ?? "no time")
                            }
                        }
                    })
                let left = incident.rankMap.count - shown.count
                $0.text("left", left > 0 ? "\(Amount.of(left, "more rank")) left out." : nil)
                $0.list("kinds", kinds)
            })
    }

    /// What the ranks said first, by what it is.
    private var kinds: [PageValues] {
        var order: [String] = []
        var ranks: [String: [Int]] = [:]
        for rank in incident.rankMap {
            if ranks[rank.title] == nil { order.append(rank.title) }
            ranks[rank.title, default: []].append(rank.rank)
        }
        return order.prefix(8).map { title in
            PageValues {
                $0.text("title", title)
                $0.text("ranks", RankList.words(ranks[title] ?? []))
            }
        }
    }
}

/// Earlier failures of the same kind.
struct PastSection {
    let incident: ReportedIncident
    let now: Date
    let moment: Moment

    func fill(_ page: inout PageValues) {
        guard let past = incident.past else { return }
        page.values(
            "past",
            PageValues {
                $0.text(
                    "words",
                    past.count > 0 ? "Seen before: " + past.sightings.words(now: now) + "." : "Not seen before.")
                $0.text("fix", past.sightings.fixWords, limit: 1000)
                $0.text("fixedAt", past.fixedAt.map(moment.day))
                $0.list(
                    "occurrences",
                    past.occurrences.prefix(20).map { item in
                        PageValues {
                            $0.text("at", moment.stamp(item.at))
                            $0.text("host", item.host ?? "unknown")
                            $0.text("verdict", item.verdict.advice)
                            $0.text("id", item.id)
                        }
                    })
            })
    }
}

/// What was read, and what could not be.
struct ReadingSection {
    let report: CrashReport
    let moment: Moment

    static let mostInputs = 200

    func fill(_ page: inout PageValues) {
        let summary = report.summary
        page.text("warning", summary.warning)
        page.flag("hasReading", !report.inputs.isEmpty)
        page.text("extent", report.inputs.isEmpty ? nil : summary.extent)
        page.text("skipped", summary.skippedWords.map { $0 + "." })
        // What is incomplete comes first: that is what one has to know.
        let ordered = report.inputs.filter { !$0.complete } + report.inputs.filter(\.complete)
        page.list(
            "inputs",
            ordered.prefix(Self.mostInputs).map { input in
                PageValues {
                    $0.text("source", SourceName.of(input.source), limit: 300)
                    $0.text("kind", input.kind.rawValue)
                    $0.text("lines", Amount.count(input.lines))
                    $0.text("bytes", Amount.bytes(input.bytes))
                    $0.text("problem", input.complete ? nil : input.reason)
                }
            })
        let left = ordered.count - Self.mostInputs
        page.text("inputsLeft", left > 0 ? "\(Amount.of(left, "more input"))." : nil)
        page.texts("notes", Array(report.notes.prefix(40)))
        page.list(
            "survived",
            report.survived.prefix(20).map { item in
                PageValues {
                    $0.text("title", item.words)
                    $0.text("outcome", item.outcome.sentence)
                    $0.text("place", Place.of(item.source, item.line))
                }
            })
        // Those that stand in an excerpt are read there.
        let shown = Set(
            report.incidents.flatMap(\.excerpts).flatMap { excerpt in
                excerpt.lines.map { "\(excerpt.source):\($0.number)" }
            })
        page.list(
            "telling",
            report.telling.filter { !shown.contains("\($0.source):\($0.line)") }.prefix(40).map { line in
                PageValues {
                    $0.text("place", Place.of(line.source, line.line))
                    $0.text("text", line.text)
                }
            })
    }
}
