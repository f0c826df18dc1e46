import Foundation

/// Gathers the records of one or several files, whole.
struct LedgerReading {
    private(set) var contents = LedgerContents()
    private var judge = LineJudge()
    private var ids: Set<String> = []
    /// Nil for all.
    private let wanted: [Needle]?

    init(_ fingerprints: Set<String>? = nil) {
        wanted = fingerprints.map { $0.map { Needle($0) } }
    }

    mutating func read(_ file: borrowing LedgerFile) throws(LedgerError) {
        let stop = try file.forEachLine { line throws(LedgerError) in take(line) }
        if let stop { contents.damaged.append(DamagedLine(line: 0, kind: .torn, reason: stop)) }
    }

    private mutating func take(_ line: LedgerText) {
        let text = line.bare
        // A line whose checksum is right is whole, and one that does not hold the fingerprint is not of it.
        if let wanted, !wanted.contains(where: { $0.stands(in: text) }), LedgerSum.check(text) == .matches { return }
        switch judge.judge(text) {
        case .empty: return
        case .incident:
            if let wanted, !isWanted(wanted) { return }
            switch judge.incident(text) {
            case .success(let record): if ids.insert(record.id).inserted { contents.incidents.append(record) }
            case .failure(let problem): damaged(line, .malformed, problem.reason)
            }
        case .resolution:
            if let wanted, !isWanted(wanted) { return }
            switch judge.resolution(text) {
            case .success(let record): if ids.insert(record.id).inserted { contents.resolutions.append(record) }
            case .failure(let problem): damaged(line, .malformed, problem.reason)
            }
        case .opaque(let schema, let record):
            guard wanted == nil else { return }
            contents.opaque.append(
                OpaqueRecord(line: line.number, schema: schema, record: record, json: Data(text)))
        case .damaged(let kind, let reason): damaged(line, kind, reason)
        }
    }

    /// Whether the record's own fingerprint is among them; other fields may quote one.
    private func isWanted(_ wanted: [Needle]) -> Bool {
        guard let own = judge.outline.string("fingerprint") else { return true }
        return wanted.contains { own == $0.text }
    }

    private mutating func damaged(_ line: LedgerText, _ kind: DamagedLine.Kind, _ reason: String) {
        contents.damaged.append(DamagedLine(line: line.number, kind: kind, reason: reason))
    }
}

/// Gathers what a list needs.
struct OverviewReading {
    private(set) var overview = LedgerOverview()
    private var judge = LineJudge()
    private var ids: Set<String> = []

    mutating func read(_ file: borrowing LedgerFile) throws(LedgerError) {
        let stop = try file.forEachLine { line throws(LedgerError) in take(line) }
        if let stop { overview.damaged.append(DamagedLine(line: 0, kind: .torn, reason: stop)) }
    }

    private mutating func take(_ line: LedgerText) {
        let text = line.bare
        switch judge.judge(text) {
        case .empty: return
        case .incident:
            if let headline = LedgerHeadline(judge.outline) {
                if ids.insert(headline.id).inserted { overview.incidents.append(headline) }
                return
            }
            switch judge.incident(text) {
            case .success(let record):
                if ids.insert(record.id).inserted { overview.incidents.append(LedgerHeadline(record)) }
            case .failure(let problem): damaged(line, .malformed, problem.reason)
            }
        case .resolution:
            switch judge.resolution(text) {
            case .success(let record): if ids.insert(record.id).inserted { overview.resolutions.append(record) }
            case .failure(let problem): damaged(line, .malformed, problem.reason)
            }
        case .opaque: overview.opaqueCount += 1
        case .damaged(let kind, let reason): damaged(line, kind, reason)
        }
    }

    private mutating func damaged(_ line: LedgerText, _ kind: DamagedLine.Kind, _ reason: String) {
        overview.damaged.append(DamagedLine(line: line.number, kind: kind, reason: reason))
    }
}
