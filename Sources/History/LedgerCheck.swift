/// What `history verify` says of a file.
public struct LedgerCheck: Sendable, Hashable {
    public var path: String
    public var incidents = 0
    public var resolutions = 0
    /// Of types and versions that this Faultline does not know.
    public var newer = 0
    /// Records without a checksum, as older versions wrote them: whole, and nobody knows whether unaltered.
    public var unverified = 0
    /// Records whose id stands before them already.
    public var duplicates = 0
    public var damaged: [DamagedLine] = []

    public var records: Int { incidents + resolutions + newer }
}

extension Ledger {
    /// Looks at every field of every line; nil when there is no such file.
    public func check() throws(LedgerError) -> LedgerCheck? {
        guard let file = try LedgerFile.forReading(path) else { return nil }
        var check = LedgerCheck(path: path)
        var judge = LineJudge()
        var ids: Set<String> = []
        let stop = try file.forEachLine { line throws(LedgerError) in
            let entry = judge.entry(line.bare)
            switch entry {
            case .empty: return
            case .incident(let record):
                check.incidents += 1
                if !ids.insert(record.id).inserted { check.duplicates += 1 }
            case .resolution(let record):
                check.resolutions += 1
                if !ids.insert(record.id).inserted { check.duplicates += 1 }
            case .opaque: check.newer += 1
            case .damaged(let kind, let reason):
                check.damaged.append(DamagedLine(line: line.number, kind: kind, reason: reason))
                return
            }
            if judge.sum == .none { check.unverified += 1 }
        }
        if let stop { check.damaged.append(DamagedLine(line: 0, kind: .torn, reason: stop)) }
        return check
    }
}
