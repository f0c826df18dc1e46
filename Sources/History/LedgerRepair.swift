public import Foundation

/// What `history repair` did.
public struct LedgerRepair: Sendable, Hashable {
    /// The lines that were moved, by their old numbers.
    public var moved: [DamagedLine]
    /// Where they are now; nil when nothing was damaged.
    public var file: String?
}

extension Ledger {
    /// Moves damaged lines into a file of their own, `ledger.jsonl.damaged-20260301T120000Z`. All others stay, byte for
    /// byte.
    ///
    /// At every moment each line is in one of the two files at least, and the ledger is whole: it is replaced in one
    /// step, and other writers notice.
    public func repair(now: Date) throws(LedgerError) -> LedgerRepair {
        guard let file = try LedgerFile.forReplacing(path) else { throw .missing(path) }
        let place = file.realPath()
        var judge = LineJudge()
        var moved: [DamagedLine] = []
        var kept = try FileReplacement(place, mode: file.mode(), of: path)
        var aside: [UInt8] = []
        _ = try file.forEachLine { line throws(LedgerError) in
            if case .damaged(let kind, let reason) = judge.entry(line.bare) {
                moved.append(DamagedLine(line: line.number, kind: kind, reason: reason))
                aside += line.whole
                aside.append(UInt8(ascii: "\n"))
            } else {
                try kept.write(line.whole)
                if line.isEnded { try kept.write(CollectionOfOne(UInt8(ascii: "\n"))) }
            }
        }
        if moved.isEmpty { return LedgerRepair(moved: [], file: nil) }
        let name = try Self.keep(aside, as: place + ".damaged-" + LedgerArchive.stamp(now), of: path)
        try kept.replace()
        return LedgerRepair(moved: moved, file: name)
    }

    /// Writes a new file; under the name, or the name and a number where that is taken.
    private static func keep(_ bytes: [UInt8], as name: String, of path: String) throws(LedgerError) -> String {
        var number = 0
        while true {
            number += 1
            let candidate = number == 1 ? name : "\(name)-\(number)"
            var copy = try FileReplacement(candidate, of: path)
            try copy.write(bytes)
            if try copy.takeFreeName() { return candidate }
        }
    }
}
