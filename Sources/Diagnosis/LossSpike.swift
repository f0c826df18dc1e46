import CrashModel
import Scanning

/// Finds a loss that jumps up and stays there.
///
/// One high value is noise, and a loss that was never low has nothing to lose, so it takes a descent before the jump and
/// several values after it, to the end of the log, that all stay far above what was reached.
enum LossSpike {
    static let ratio = 2.2
    static let shortestPlateau = 5

    static func find(in trail: ProgressTrail) -> ProgressTrail.Mark? {
        let series = Dictionary(grouping: trail.marks.filter { $0.loss != nil }) { mark in
            mark.dialect + "\u{1}" + (mark.stream ?? "")
        }
        // Several interleaved series cannot be told apart for certain, so only a lone one is judged.
        guard series.count == 1, let marks = series.values.first, marks.count >= shortestPlateau + 2 else { return nil }
        let losses = marks.map { $0.loss ?? .nan }
        guard losses.allSatisfy({ $0.isFinite && $0 > 0 }) else { return nil }
        var lowest = Double.infinity
        var lowestIndex = 0
        for (index, loss) in losses.enumerated() where loss < lowest {
            (lowest, lowestIndex) = (loss, index)
        }
        let plateau = losses[(lowestIndex + 1)...]
        guard lowestIndex > 0, plateau.count >= shortestPlateau, lowest < losses[0],
            plateau.allSatisfy({ $0 > lowest * ratio }),
            isIncreasing(marks)
        else { return nil }
        return marks[lowestIndex + 1]
    }

    /// Steps that start over belong to another phase or another run.
    private static func isIncreasing(_ marks: [ProgressTrail.Mark]) -> Bool {
        zip(marks, marks.dropFirst()).allSatisfy { $1.isBeyond($0) }
    }
}
