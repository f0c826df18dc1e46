import CrashModel
import Foundation
import Scanning

/// Places what a process wrote to its standard error by what it wrote to its standard output.
///
/// A traceback states no time. If the last line of `stderr.log` that does was a warning of an hour ago, the traceback
/// still came after the last step in `stdout.log`.
struct SiblingStreams {
    private let sibling: [Int: Int]
    private let scans: [SourceScan]

    init(_ scans: [SourceScan]) {
        self.scans = scans
        let byName = Dictionary(scans.enumerated().map { ($1.input.source, $0) }) { first, _ in first }
        var sibling: [Int: Int] = [:]
        for (index, scan) in scans.enumerated() {
            guard let other = Self.outputName(forErrors: scan.input.source).flatMap({ byName[$0] }) else { continue }
            sibling[index] = other
        }
        self.sibling = sibling
    }

    /// The source that the same process wrote its standard output to.
    func output(of sourceIndex: Int) -> Int? { sibling[sourceIndex] }

    /// The time of a finding behind the last line of its source that states one: not before its sibling's last step.
    func time(of finding: Finding, sourceIndex: Int) -> LogTime {
        guard finding.time.source != .stated, let other = sibling[sourceIndex],
            finding.line > scans[sourceIndex].lastDatedLine?.line ?? 0,
            let last = scans[other].progress.last?.time.date ?? scans[other].lastTime,
            finding.time.date.map({ $0 < last }) ?? true
        else { return finding.time }
        let latest = max(last, finding.time.span?.upperBound ?? last)
        return LogTime(date: last, source: .interpolated, span: last...latest)
    }

    /// `…/3/stdout.log` for `…/3/stderr.log`, `job-1.out` for `job-1.err`.
    private static func outputName(forErrors source: String) -> String? {
        for (errors, output) in [("stderr", "stdout"), (".err", ".out")] {
            guard let range = source.range(of: errors, options: .backwards) else { continue }
            return source.replacingCharacters(in: range, with: output)
        }
        return nil
    }
}
