import CrashModel
import Foundation

/// The files that `history rotate` moves old records into: `ledger-20260301T120000Z.jsonl.gz` beside `ledger.jsonl`.
enum LedgerArchive {
    /// Those of a ledger, the youngest first.
    static func paths(of ledger: String) -> [String] {
        let folder = PathParts(ledger).folder
        let stem = stem(of: ledger)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        return names.filter { name in
            guard name.hasPrefix(stem + "-"), name.hasSuffix(suffix) else { return false }
            let middle = name.dropFirst(stem.count + 1).dropLast(suffix.count)
            // `20260301T120000Z`, and `-2` for a second one of the same second.
            return isStamp(middle.prefix(16))
                && middle.dropFirst(16).allSatisfy { $0 == "-" || $0.isASCII && $0.isNumber }
        }.sorted(by: >).map { PathParts.path(of: $0, in: folder) }
    }

    static let suffix = ".jsonl.gz"

    static func stem(of ledger: String) -> String {
        let name = PathParts(ledger).name
        return name.hasSuffix(".jsonl") ? String(name.dropLast(6)) : name
    }

    /// `20260301T120000Z`
    static func stamp(_ date: Date) -> String {
        String(date.iso8601.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
    }

    private static func isStamp(_ text: Substring) -> Bool {
        text.count == 16 && text.last == "Z" && text.dropFirst(8).first == "T"
            && text.prefix(8).allSatisfy(\.isNumber) && text.dropFirst(9).dropLast().allSatisfy(\.isNumber)
    }
}
