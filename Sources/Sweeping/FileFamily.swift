import CrashModel
import Foundation

/// Which files can be one log and its rotated pieces, by their names: `train.log`, `train.log.1`, `train.log.2.gz`,
/// `train-20260301.log`, `train.log.old`.
package enum FileFamily {
    private static let compressed: Set<String> = ["gz", "xz", "zst", "bz2"]
    private static let words: Set<String> = ["old", "bak", "prev", "previous"]

    /// What the names of a log and of its pieces have in common, with their folder.
    package static func key(of path: String) -> String {
        let folder = PathParts(path).folder
        var parts = PathParts(path).name.split(separator: ".", omittingEmptySubsequences: false)
        if let last = parts.last, parts.count > 1, compressed.contains(String(last)) { parts.removeLast() }
        while parts.count > 1, let last = parts.last, isNumber(last) || words.contains(String(last)) {
            parts.removeLast()
        }
        if parts.count > 2, isNumber(parts[parts.count - 2]) { parts.remove(at: parts.count - 2) }
        return folder + "/" + parts.map(withoutDate).joined(separator: ".")
    }

    private static func isNumber(_ text: Substring) -> Bool { !text.isEmpty && text.allSatisfy(\.isNumber) }

    /// `train-20260301-1772323200` is `train`; `slurm-4711` stays, since jobs have numbers too.
    private static func withoutDate(_ part: Substring) -> Substring {
        guard let dash = part.firstIndex(of: "-") else { return part }
        let rest = part[part.index(after: dash)...]
        let digits = rest.prefix { $0.isNumber }
        guard digits.count == 8, digits.hasPrefix("20"), rest.allSatisfy({ $0.isNumber || $0 == "-" || $0 == "_" })
        else { return part }
        return part[..<dash]
    }
}
