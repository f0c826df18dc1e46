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
    static let longestStretch = 12
    static let fewestBefore = 2
    /// A jump this high needs few values to be seen.
    static let explosion = 100.0

    /// How many values have to stay high, after so many steady ones: the less was seen before, the more.
    private static func shortestPlateau(after before: Int) -> Int { before >= 3 ? 4 : 5 }

    static func find(in trail: ProgressTrail) -> ProgressTrail.Mark? {
        let series = Dictionary(grouping: trail.marks.filter { $0.loss != nil }) { mark in
            mark.dialect + "\u{1}" + (mark.stream ?? "")
        }
        // Several interleaved series cannot be told apart for certain, so only a lone one is judged.
        guard series.count == 1, let marks = series.values.first, marks.count >= fewestBefore + 2 else { return nil }
        let losses = marks.map { $0.loss ?? .nan }
        guard losses.allSatisfy({ $0.isFinite && $0 > 0 }), isIncreasing(marks) else { return nil }
        // The lowest of the rest of the log, from each mark on.
        var floor = losses
        for index in losses.indices.dropLast().reversed() { floor[index] = min(floor[index], floor[index + 1]) }
        for jump in fewestBefore..<marks.count {
            guard let before = steadyStretch(of: losses[..<jump]) else { continue }
            let after = marks.count - jump
            let usual = before[before.count / 4]
            if floor[jump] > usual * ratio, after >= shortestPlateau(after: jump) { return marks[jump] }
            if floor[jump] > usual * explosion, after >= 2 { return marks[jump] }
        }
        return nil
    }

    /// The longest steady stretch that the values end with, sorted.
    private static func steadyStretch(of losses: ArraySlice<Double>) -> [Double]? {
        for count in stride(from: min(longestStretch, losses.count), through: fewestBefore, by: -1) {
            let stretch = losses.suffix(count).sorted()
            if let lowest = stretch.first, let highest = stretch.last, highest <= lowest * steadiness { return stretch }
        }
        return nil
    }

    /// Steps that start over belong to another phase or another run.
    private static func isIncreasing(_ marks: [ProgressTrail.Mark]) -> Bool {
        zip(marks, marks.dropFirst()).allSatisfy { $1.isBeyond($0) }
    }
}
