import CrashModel
import Foundation

/// A line with all its fields looked at.
enum LedgerEntry {
    case empty
    case incident(LedgerRecord)
    case resolution(ResolutionRecord)
    /// Another version's: a type, a schema or, with a right checksum, a field that this one does not know.
    case opaque(schema: String, record: String)
    case damaged(DamagedLine.Kind, reason: String)
}

extension LineJudge {
    mutating func entry(_ line: UnsafeRawBufferPointer) -> LedgerEntry {
        switch judge(line) {
        case .empty: return .empty
        case .opaque(let schema, let record): return .opaque(schema: schema, record: record)
        case .damaged(let kind, let reason): return .damaged(kind, reason: reason)
        case .incident:
            switch incident(line) {
            case .success(let record): return .incident(record)
            case .failure(let problem): return malformed(problem, "incident")
            }
        case .resolution:
            switch resolution(line) {
            case .success(let record): return .resolution(record)
            case .failure(let problem): return malformed(problem, "resolution")
            }
        }
    }

    /// Whoever wrote the checksum meant it so.
    private func malformed(_ problem: FieldProblem, _ record: String) -> LedgerEntry {
        sum == .matches
            ? .opaque(schema: LedgerRecord.schema, record: record) : .damaged(.malformed, reason: problem.reason)
    }
}
