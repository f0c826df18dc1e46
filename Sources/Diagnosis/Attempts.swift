import CrashModel
import Scanning

/// Which logs belong to an attempt that a later one of the same run made good.
///
/// torchrun writes `<run>/attempt_<n>/<rank>/stderr.log`, and starts all workers again when one fails; `kubectl logs
/// --previous` is usually saved as `<pod>.previous.log` beside `<pod>.log`.
struct Attempts {
    private let madeGood: Set<Int>

    init(_ scans: [SourceScan]) {
        let attempts = scans.map { Attempt($0.input.source) }
        var madeGood: Set<Int> = []
        for (index, attempt) in attempts.enumerated() {
            guard let attempt else { continue }
            let isGood = scans.indices.contains { other in
                guard let later = attempts[other], later.run == attempt.run, later.number > attempt.number else {
                    return false
                }
                return !scans[other].successLines.isEmpty || scans[other].progress.isAdvancing(after: 0)
            }
            if isGood { madeGood.insert(index) }
        }
        self.madeGood = madeGood
    }

    /// Whether a later attempt advanced or ended well.
    func isMadeGood(_ sourceIndex: Int) -> Bool { madeGood.contains(sourceIndex) }

    private struct Attempt {
        var run: Substring
        var number: Int

        init?(_ source: String) {
            for ending in [".previous.log", "-previous.log", "_previous.log"] where source.hasSuffix(ending) {
                run = source.dropLast(ending.count)
                number = 0
                return
            }
            if source.hasSuffix(".log"), !source.contains("/attempt_") {
                run = source.dropLast(4)
                number = 1
                return
            }
            guard let range = source.firstRange(of: "/attempt_"),
                let number = Int(source[range.upperBound...].prefix { $0.isNumber })
            else { return nil }
            run = source[..<range.lowerBound]
            self.number = number
        }
    }
}
