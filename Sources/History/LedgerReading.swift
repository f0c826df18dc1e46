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
        if let wanted, !wanted.contains(where: { $0.stands(in: text) }) {
            // A line whose checksum is right is whole.
            if LedgerSum.check(text) == .matches { return }
            if case .damaged(let kind, let reason) = judge.judge(text) { damaged(line, kind, reason) }
            return
        }
        switch judge.entry(text) {
        case .empty: return
        case .incident(let record):
            guard isWanted(record.fingerprint), ids.insert(record.id).inserted else { return }
            contents.incidents.append(record)
        case .resolution(let record):
            guard isWanted(record.fingerprint), ids.insert(record.id).inserted else { return }
            contents.resolutions.append(record)
        case .opaque(let schema, let record):
            guard wanted == nil else { return }
            contents.opaque.append(
                OpaqueRecord(line: line.number, schema: schema, record: record, json: Data(text)))
        case .damaged(let kind, let reason): damaged(line, kind, reason)
        }
    }

    /// Other fields may quote a fingerprint.
    private func isWanted(_ fingerprint: String) -> Bool { wanted?.contains { $0.text == fingerprint } ?? true }

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
        if case .incident = judge.judge(text), let headline = LedgerHeadline(judge.outline) {
            if ids.insert(headline.id).inserted { overview.incidents.append(headline) }
            return
        }
        switch judge.entry(text) {
        case .empty: return
        case .incident(let record):
            if ids.insert(record.id).inserted { overview.incidents.append(LedgerHeadline(record)) }
        case .resolution(let record):
            if ids.insert(record.id).inserted { overview.resolutions.append(record) }
        case .opaque: overview.opaqueCount += 1
        case .damaged(let kind, let reason):
            overview.damaged.append(DamagedLine(line: line.number, kind: kind, reason: reason))
        }
    }
}
