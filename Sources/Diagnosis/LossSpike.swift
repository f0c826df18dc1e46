import CrashModel
import Scanning

/// Finds a loss that jumps up and stays there.
///
/// One high value is noise, and a loss that was never steady has nothing to lose. So it takes a steady stretch before
/// the jump, and values after it, to the end of the log, that all stay far above it.
enum LossSpike {
    /// How far above the stretch before.
    static let ratio = 2.2
    /// How far the values of a steady stretch lie apart at most.
    static let steadiness = 2.0
    static let steadyMarks = 3
    static let longestStretch = 12
    static let shortestPlateau = 4

    static func find(in trail: ProgressTrail) -> ProgressTrail.Mark? {
        let series = Dictionary(grouping: trail.marks.filter { $0.loss != nil }) { mark in
            mark.dialect + "\u{1}" + (mark.stream ?? "")
        }
        // Several interleaved series cannot be told apart for certain, so only a lone one is judged.
        guard series.count == 1, let marks = series.values.first, marks.count >= steadyMarks + shortestPlateau else {
            return nil
        }
        let losses = marks.map { $0.loss ?? .nan }
        guard losses.allSatisfy({ $0.isFinite && $0 > 0 }), isIncreasing(marks) else { return nil }
        // The lowest of the rest of the log, from each mark on.
        var floor = losses
        for index in losses.indices.dropLast().reversed() { floor[index] = min(floor[index], floor[index + 1]) }
        for jump in steadyMarks...(marks.count - shortestPlateau) {
            let before = losses[max(0, jump - longestStretch)..<jump].sorted()
            guard let lowest = before.first, let highest = before.last, highest <= lowest * steadiness else { continue }
            if floor[jump] > before[before.count / 2] * ratio { return marks[jump] }
        }
        return nil
    }

    /// Steps that start over belong to another phase or another run.
    private static func isIncreasing(_ marks: [ProgressTrail.Mark]) -> Bool {
        zip(marks, marks.dropFirst()).allSatisfy { $1.isBeyond($0) }
    }
}
