import CrashModel
import Scanning

/// A scan of a followed source, with what tells its lines that are new from those that stood there before.
struct JudgedSource {
    /// Stays the same while the source may get another name.
    var number: Int
    /// The first line that nobody has seen before.
    var firstNewLine: Int
    var scan: SourceScan
}

/// Which incidents were told, and what is news of those that a judgement of all logs gives.
///
/// An incident is told once, when it has a line that is new. It is known again by the place of its root: its id may
/// change with what comes after.
struct ToldIncidents {
    /// Seconds after which an incident goes to the ledger: until then its root may still be found to be another, or the
    /// run go on.
    static let recordAfter = 5.0
    /// Seconds for which what no line says has to stand: the next line may show that it is not so.
    static let standing = 10.0
    /// Seconds between two lines of news about the same repeated failure.
    static let repeatEvery = 60.0
    /// Seconds between two lines about errors that are taken for parts of the same failure.
    static let growEvery = 5.0
    /// Incidents that are remembered.
    static let most = 256

    private struct Told {
        var incident: Incident
        var outline: Outline
        /// Its pieces when it was told of last.
        var shownPieces: [Place]
        var shownCount: Int
        var shownAt: Double
        var recordAt: Double?
        /// It was told that the run went on.
        var isOver = false
        /// A silence by the clock on the wall, which the next line may end.
        var isSilence: Bool
    }

    private struct Place: Hashable {
        var source: Int
        /// Of the first occurrence, when the same is said in a row.
        var lines: ClosedRange<Int>
        /// The last line of the row.
        var last: Int

        func overlaps(_ other: Place) -> Bool { source == other.source && lines.overlaps(other.lines) }
    }

    private struct Outline {
        var root: Place
        /// Lines of findings that stand in logs; what was inferred has none.
        var findings: [(place: Place, finding: Finding)]
        /// Its root stands in no log.
        var isInferred: Bool

        var pieces: [Place] { findings.map(\.place) }
    }

    private struct Key: Hashable {
        var source: Int
        var rule: String
        var line: Int
    }

    private var told: [Told] = []
    /// Since when something that no line says stands.
    private var standing: [Key: Double] = [:]
    /// Crashes that were told and after which nothing shows that the run went on.
    private(set) var crashes = 0

    /// Whether something is to be looked at again though nothing comes.
    var isWaiting: Bool { !standing.isEmpty }

    // MARK: - Judging

    mutating func judge(_ incidents: [Incident], of sources: [JudgedSource], now: Double) -> [FollowNews] {
        let lines = SourceLines(sources)
        let all = incidents.filter(\.isCrash).compactMap { incident in
            lines.outline(incident).map { (incident: incident, outline: $0) }
        }
        let owners = assign(all.map(\.outline))
        var news: [FollowNews] = []
        var stillStanding: [Key: Double] = [:]
        for (index, (incident, outline)) in all.enumerated() {
            if let owner = owners[index] {
                if let change = update(owner, incident, outline, now: now) { news.append(change) }
                continue
            }
            if outline.pieces.isEmpty {
                let key = Key(source: outline.root.source, rule: incident.root.rule, line: incident.root.line)
                guard lines.isNew(outline.root) else { continue }
                let since = standing[key] ?? now
                stillStanding[key] = since
                guard now - since >= Self.standing else { continue }
                stillStanding[key] = nil
            } else if !outline.pieces.contains(where: lines.isNew) {
                continue
            }
            let isSilence = outline.pieces.isEmpty && lines.isQuiet(outline.root.source)
            news.append(.crash(incident))
            crashes += 1
            told.append(
                Told(
                    incident: incident, outline: outline, shownPieces: outline.pieces,
                    shownCount: incident.root.count, shownAt: now,
                    recordAt: isSilence ? nil : now + Self.recordAfter, isSilence: isSilence))
        }
        standing = stillStanding
        news += settle(Set(owners.values), all.map(\.outline), incidents, lines)
        if told.count > Self.most { told.removeFirst(told.count - Self.most) }
        return news
    }

    /// Which of those that were told each of the new ones is, by index.
    private func assign(_ outlines: [Outline]) -> [Int: Int] {
        var owners: [Int: Int] = [:]
        var taken: Set<Int> = []
        func pass(_ fits: (Outline, Told) -> Bool) {
            for (index, outline) in outlines.enumerated() where owners[index] == nil {
                guard let owner = told.indices.last(where: { !taken.contains($0) && fits(outline, told[$0]) }) else {
                    continue
                }
                owners[index] = owner
                taken.insert(owner)
            }
        }
        pass { $0.root.overlaps($1.outline.root) }
        pass { outline, told in outline.pieces.contains { $0.overlaps(told.outline.root) } }
        pass { outline, told in told.outline.pieces.contains { $0.overlaps(outline.root) } }
        return owners
    }

    private mutating func update(
        _ index: Int, _ incident: Incident, _ outline: Outline, now: Double
    ) -> FollowNews? {
        let before = told[index].incident
        var by: Finding?
        let isSameRoot = told[index].outline.root.overlaps(outline.root) && before.category == incident.category
        told[index].incident = incident
        told[index].outline = outline
        if told[index].isOver {
            told[index].isOver = false
            crashes += 1
        }
        var change: FollowedChange?
        if !isSameRoot {
            change = .root
            if !told[index].isSilence || !outline.pieces.isEmpty {
                told[index].isSilence = false
                told[index].recordAt = now + Self.recordAfter
            }
        } else if before.outcome == .unresolved, incident.outcome == .terminal {
            change = .ended
        } else if incident.root.count >= 2 * told[index].shownCount, now - told[index].shownAt >= Self.repeatEvery {
            change = .repeated
        } else if now - told[index].shownAt >= Self.growEvery {
            by =
                outline.findings.last { piece in
                    piece.finding.severity != .warning && !told[index].shownPieces.contains { $0.overlaps(piece.place) }
                }?.finding
            if by != nil { change = .grew }
        }
        guard let change else { return nil }
        told[index].shownPieces = outline.pieces
        told[index].shownCount = incident.root.count
        told[index].shownAt = now
        return .changed(incident, from: before, how: change, by: by)
    }

    /// What became of those that were told and are no incident of their own any more.
    private mutating func settle(
        _ present: Set<Int>, _ outlines: [Outline], _ incidents: [Incident], _ lines: SourceLines
    ) -> [FollowNews] {
        var news: [FollowNews] = []
        var gone: Set<Int> = []
        for index in told.indices where !present.contains(index) && index < told.count {
            let root = told[index].outline.root
            if told[index].isOver { continue }
            // Told just now.
            if outlines.contains(where: { $0.root.overlaps(root) }) { continue }
            if outlines.contains(where: { outline in outline.pieces.contains { $0.overlaps(root) } }) {
                news.append(.changed(told[index].incident, from: told[index].incident, how: .part, by: nil))
                crashes -= 1
                gone.insert(index)
            } else if told[index].outline.isInferred || lines.holds(told[index].incident.root, in: root.source) {
                let survived = incidents.first {
                    !$0.isCrash && $0.root.rule == told[index].incident.root.rule
                }
                news.append(.wentOn(told[index].incident, because: survived?.because.first ?? "its log goes on"))
                told[index].isOver = true
                told[index].recordAt = nil
                crashes -= 1
            } else {
                // Its lines are hours old and were dropped. What was told of them stands.
                if told[index].recordAt == nil { gone.insert(index) }
            }
        }
        told = told.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
        return news
    }

    // MARK: - Recording

    /// What the ledger is to have by now; all of it at the `end`.
    mutating func toRecord(now: Double, isEnd: Bool = false) -> [Incident] {
        var due: [Incident] = []
        for index in told.indices {
            guard let at = told[index].recordAt, isEnd || at <= now else { continue }
            told[index].recordAt = nil
            due.append(told[index].incident)
        }
        return due
    }

    /// When the next one is due.
    var recordDue: Double? { told.compactMap(\.recordAt).min() }

    // MARK: - Lines

    /// Where the findings of all sources stand.
    private struct SourceLines {
        private var numbers: [String: Int] = [:]
        private var firstNew: [Int: Int] = [:]
        private var firstLines: [Key: Int] = [:]
        private var quiet: Set<Int> = []

        init(_ sources: [JudgedSource]) {
            for source in sources {
                numbers[source.scan.input.source] = source.number
                firstNew[source.number] = source.firstNewLine
                if source.scan.quietSeconds != nil { quiet.insert(source.number) }
                for scanned in source.scan.findings {
                    let key = Key(source: source.number, rule: scanned.finding.rule, line: scanned.finding.line)
                    firstLines[key] = min(scanned.firstLine, scanned.finding.line)
                }
            }
        }

        func outline(_ incident: Incident) -> Outline? {
            guard let source = numbers[incident.root.source] else { return nil }
            let root = place(incident.root)
            let findings = ([incident.root] + incident.consequences + incident.confirmations).compactMap { finding in
                place(finding).map { (place: $0, finding: finding) }
            }
            return Outline(
                root: root
                    ?? Place(source: source, lines: incident.root.line...incident.root.line, last: incident.root.line),
                findings: findings, isInferred: root == nil)
        }

        private func place(_ finding: Finding) -> Place? {
            guard let source = numbers[finding.source],
                let first = firstLines[Key(source: source, rule: finding.rule, line: finding.line)]
            else { return nil }
            let end = max(first, finding.line, finding.count > 1 ? 0 : finding.lastLine)
            return Place(source: source, lines: first...end, last: max(end, finding.lastLine))
        }

        func isNew(_ place: Place) -> Bool { place.last >= firstNew[place.source] ?? .max }

        func isQuiet(_ source: Int) -> Bool { quiet.contains(source) }

        func holds(_ finding: Finding, in source: Int) -> Bool {
            firstLines[Key(source: source, rule: finding.rule, line: finding.line)] != nil
        }
    }
}
