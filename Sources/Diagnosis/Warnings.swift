import CrashModel
import Rules

/// Finds warnings that turned out to be the cause: a link that went down is none of a run's business, until the run's
/// collectives over it fail within moments.
enum Warnings {
    /// A warning this long before its consequence is its cause.
    static let promotionSeconds: Double = 120

    static func promote(_ evidence: [Evidence]) -> [Evidence] {
        let failures = evidence.filter { $0.fate == .live && $0.canBeRoot }
        return evidence.map { piece in
            guard piece.fate == .live, piece.rule.severity == .warning, piece.rule.role == .root,
                piece.rule.verdict != .nothing, !piece.rule.explains.isEmpty, piece.date != nil
            else { return piece }
            var promoted = piece
            promoted.isPromoted = failures.contains { failure in
                guard let seconds = piece.seconds(until: failure), CauseGraph.names(piece, failure) else {
                    return false
                }
                return (0...promotionSeconds).contains(seconds) && piece.precedes(failure) != false
            }
            return promoted
        }
    }
}
