import CrashModel
import Foundation
import Reporting

/// One incident as its part of the page.
struct IncidentPage {
    let incident: ReportedIncident
    /// What all names within it begin with: `i1`.
    let anchor: String
    /// Of its title, 1 where it is the page's; its parts are a level below.
    let level: Int
    let now: Date
    let moment: Moment

    static let mostAfter = 6
    /// Lines that go on where the cause's stops.
    static let mostNext = 4
    static let mostAdvice = 12

    func values(_ room: inout PageRoom) -> PageValues {
        var links = EvidenceLinks()
        let excerpts = ExcerptSection(incident: incident, anchor: anchor).values(&room, &links)
        var page = PageValues()
        page.text("anchor", anchor)
        page.number("titleLevel", level)
        page.number("level", level + 1)
        page.number("subLevel", level + 2)
        page.text("title", incident.title, limit: 400)
        page.text("tone", incident.tone)
        page.text("verdict", incident.verdict.advice)
        page.text("category", incident.category.description)
        page.text("outcome", incident.outcomeWords)
        page.text("restart", incident.restartWords)
        page.text("when", incident.when(moment))
        page.text("where", incident.whereabouts.isEmpty ? nil : incident.whereabouts.joined(separator: ", "))
        page.text("sure", incident.confidenceWords)
        page.flag("isGuess", incident.isGuess)
        page.text("id", incident.id)
        page.text("fingerprint", incident.fingerprint)
        page.values("cause", cause(links))
        page.text("again", again)
        page.list("after", after(links))
        page.text("afterHeading", hasEarlier ? "What else the logs tell" : "What came after")
        page.list("confirmed", groups([.confirmation], links).shown)
        page.list("advice", incident.advice.prefix(Self.mostAdvice).map(advice))
        standing(&page)
        let drawing = TimelineDrawing(incident, moment: moment, room: &room)
        page.values("timeline", drawing?.values(anchor: anchor, links: links))
        StorySection(incident: incident, anchor: anchor, moment: moment).fill(&page, links: links, room: &room)
        RankSection(incident: incident, moment: moment).fill(&page, links: links, room: &room)
        MachineSection(incident: incident, anchor: anchor, moment: moment).fill(&page, room: &room)
        page.values("logLines", excerpts)
        PastSection(incident: incident, now: now, moment: moment).fill(&page)
        page.list(
            "rivals",
            incident.rivals.prefix(12).map { rival in
                PageValues {
                    $0.text("text", rival.text, limit: 300)
                    $0.text("place", Place.of(rival.source, rival.line))
                    $0.text("reason", rival.reason)
                    $0.text("category", rival.category.description)
                }
            })
        page.texts("because", incident.because)
        page.texts("gaps", Array(incident.gaps.prefix(20)))
        page.flag("hasEnvironment", !incident.environment.isEmpty)
        page.list(
            "environment",
            incident.environment.prefix(60).map { fact in
                PageValues {
                    $0.text("name", fact.name)
                    $0.text("value", fact.value, limit: 300)
                    $0.text("place", Place.of(fact.source, fact.line))
                }
            })
        page.list(
            "rules",
            incident.rules.prefix(40).map { rule in
                PageValues {
                    $0.text("id", rule.id)
                    $0.text("title", rule.title)
                    $0.text("pack", rule.pack)
                    $0.texts("references", Array(rule.references.prefix(6)), limit: 300)
                }
            })
        return page
    }

    private func cause(_ links: EvidenceLinks) -> PageValues? {
        guard let root = incident.root else { return nil }
        return PageValues {
            $0.text("place", SourceNames(incident).place(root))
            $0.text("link", links[root])
            $0.text("rank", root.rank.map { "rank \($0)" })
            Marked.fill(&$0, root.text, root.matched, limit: 400)
            $0.texts("next", next(root), limit: 200)
        }
    }

    /// The lines that go on where the cause's line stops within a sentence.
    private func next(_ root: ReportedEvidence) -> [String] {
        var lines: [String] = []
        var text = root.text
        let told = Set(incident.evidence.filter { $0.source == root.source }.map(\.line))
        let excerpt = incident.excerpts.first { $0.id == root.excerpt }
        func isOpen() -> Bool { text.last.map { $0.isLetter || $0.isNumber || ":,(-".contains($0) } ?? false }
        for number in 1...Self.mostNext where isOpen() {
            guard !told.contains(root.line + number),
                let line = excerpt?.lines.first(where: { $0.number == root.line + number }),
                line.text.contains(where: { !$0.isWhitespace })
            else { break }
            lines.append(line.text)
            text = line.text
        }
        // More may follow below.
        if lines.count == Self.mostNext, isOpen() { lines.append("…") }
        return lines
    }

    /// Where the cause itself is told once more, by other ranks or a launcher: that is nothing that came after.
    private var again: String? {
        guard let root = incident.root else { return nil }
        let items = incident.evidence.filter { $0.part == .consequence && isSame($0, root) }
        if items.isEmpty { return nil }
        let count = items.reduce(0) { $0.addingReportingOverflow(max(1, $1.count)).partialValue }
        let ranks = items.flatMap(\.allRanks)
        return (["Told in \(Amount.of(count, "further line"))"] + (ranks.isEmpty ? [] : [RankList.words(ranks)]))
            .joined(separator: ", ")
    }

    private func isSame(_ item: ReportedEvidence, _ root: ReportedEvidence) -> Bool {
        item.title == root.title || (item.rule != nil && item.rule == root.rule)
    }

    /// Whether something that the cause explains was written before it, by its time or by its place in the log.
    private var hasEarlier: Bool {
        guard let root = incident.root else { return false }
        return incident.evidence.contains { item in
            guard item.part == .consequence || item.part == .teardown, !isSame(item, root) else { return false }
            if let time = item.time, let cause = root.time { return time < cause }
            return item.source == root.source && item.line < root.line && item.time == nil
        }
    }

    /// What followed, each kind once, the first of it first.
    private func after(_ links: EvidenceLinks) -> [PageValues] {
        let told = groups([.consequence, .teardown], links)
        guard told.left > 0 else { return told.shown }
        return told.shown + [PageValues { $0.text("title", "and \(Amount.of(told.left, "more kind")) of line") }]
    }

    private func groups(_ parts: Set<TimelineEntry.Part>, _ links: EvidenceLinks) -> (shown: [PageValues], left: Int) {
        let times = PlacedTimes(incident)
        let names = SourceNames(incident)
        var order: [String] = []
        var keys: [String: String] = [:]
        var groups: [String: [ReportedEvidence]] = [:]
        let root = incident.root
        for item in incident.evidence where parts.contains(item.part) {
            if item.part == .consequence, let root, isSame(item, root) { continue }
            // What reads the same is one, whichever rule says it; and so is what one rule says of several GPUs.
            let (byRule, byTitle) = ("\(item.part) r \(item.rule ?? "")", "\(item.part) t \(item.title)")
            let key = keys[byTitle] ?? keys[byRule] ?? byRule
            keys[byRule] = key
            keys[byTitle] = key
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(item)
        }
        let shown = order.prefix(Self.mostAfter).compactMap { key -> PageValues? in
            guard let items = groups[key], let first = items.first else { return nil }
            let ranks = items.flatMap(\.allRanks)
            return PageValues {
                $0.text("title", first.title)
                $0.text("mark", first.part.mark)
                $0.text("part", first.part.pageWords)
                let count = items.reduce(0) { $0.addingReportingOverflow(max(1, $1.count)).partialValue }
                let offset = times.offset(first)
                // One rule names the GPU or the file of each.
                let titles = Set(items.map(\.title)).count
                let details = [
                    offset, titles > 1 ? "and \(Amount.count(titles - 1)) more alike" : nil,
                    ranks.isEmpty ? nil : RankList.words(ranks),
                    count > 1 ? "\(Amount.count(count)) lines" : nil,
                    incident.isAbove(first) ? "stands above the cause" : nil,
                ].compactMap(\.self)
                $0.text("detail", details.isEmpty ? nil : details.joined(separator: " · "))
                $0.text("link", links[first])
                $0.text("place", names.place(first))
            }
        }
        return (shown, order.count - shown.count)
    }

    private func advice(_ advice: Advice) -> PageValues {
        PageValues {
            $0.text("action", advice.action)
            $0.text("reason", advice.reason.isEmpty ? nil : advice.reason)
            if let command = advice.command {
                $0.texts("command", command.split(whereSeparator: \.isNewline).map(String.init), limit: 2000)
                $0.flag("hasCommand", true)
            }
        }
    }

    private func standing(_ page: inout PageValues) {
        func mark(_ words: String?, _ path: String?, _ text: String, _ source: String, _ line: Int) -> PageValues {
            PageValues {
                $0.text("words", words ?? (path == nil ? text : nil), limit: 200)
                $0.text("path", path, limit: 300)
                $0.text("place", Place.of(source, line))
            }
        }
        page.values(
            "progress", incident.lastProgress.map { mark($0.words, nil, $0.text, $0.source, $0.line) })
        page.values(
            "checkpoint", incident.lastCheckpoint.map { mark($0.words, $0.knownPath, $0.text, $0.source, $0.line) })
        page.text("lost", incident.lostWords)
    }
}

/// A line of a log with what the rule matched set apart.
enum Marked {
    static func fill(_ values: inout PageValues, _ text: String, _ span: TextSpan?, limit: Int? = nil) {
        guard let span, span.length > 0 else { return values.text("before", text, limit: limit) }
        let parts = span.parts(of: text)
        values.text("before", parts.before.isEmpty ? nil : parts.before, limit: limit)
        values.text("match", parts.match.isEmpty ? nil : parts.match, limit: limit)
        values.text("rest", parts.after.isEmpty ? nil : parts.after, limit: limit)
    }
}
