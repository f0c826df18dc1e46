import CrashModel
import Foundation
import Scanning

/// The parts of a run that were judged together, and which of their incidents are to be told.
struct ToldParts {
    /// Bytes before a finding that may be the beginning of its block.
    private static let blockBytes = 16 * 1024
    /// Lines of a block, from its end, in which another incident's row may end.
    private static let longestBlock = 400

    /// Those of the run itself first, then what the machine says.
    private(set) var parts: [PartScan]
    private(set) var continued: Set<String> = []
    private(set) var waiting = 0
    private let own: Int
    private let reader: PartReader
    private let indices: [String: Int]
    /// The first line of each finding's block.
    private var firstLines: [Key: Int] = [:]

    private struct Key: Hashable {
        var part: Int
        var rule: String
        var line: Int
    }

    private struct Place: Hashable {
        var part: Int
        var line: Int
    }

    /// One finding of an incident, where it stands.
    private struct Piece {
        var part: Int
        /// Of its first occurrence, when the same is said in a row.
        var lines: ClosedRange<Int>
        /// The last line of the row, which may be the first one's.
        var last: Int
        var offset: Int

        var isRow: Bool { last > lines.upperBound }
        var whole: ClosedRange<Int> { lines.lowerBound...last }
    }

    init(_ parts: [PartScan], own: Int, reader: PartReader) {
        self.parts = parts
        self.own = own
        self.reader = reader
        indices = Dictionary(parts.indices.map { (parts[$0].scan.input.source, $0) }) { first, _ in first }
        for (index, part) in parts.enumerated() {
            for scanned in part.scan.findings {
                let key = Key(part: index, rule: scanned.finding.rule, line: scanned.finding.line)
                firstLines[key] = min(scanned.firstLine, scanned.finding.line)
            }
        }
    }

    /// Gives back the new ones, and takes their lines for them.
    mutating func judge(_ incidents: [Incident]) -> [Incident] {
        var new: [Incident] = []
        // Incidents of one judgement are different ones, though a row of the same lines may reach from one into the next.
        let before = parts.map(\.cursor)
        let all = incidents.filter(\.isCrash).map { (incident: $0, pieces: pieces(of: $0)) }
        // The end of a row may be another incident's beginning, and then belongs to that.
        var begun: Set<Place> = []
        for piece in all.flatMap(\.pieces) where !piece.isRow {
            for line in piece.lines.suffix(Self.longestBlock) { begun.insert(Place(part: piece.part, line: line)) }
        }
        for (var incident, pieces) in all {
            // What was inferred has no line of its own, and what holds nothing new was judged before.
            guard pieces.contains(where: { parts[$0.part].isNew($0.whole) }),
                pieces.contains(where: { $0.part < own })
            else { continue }
            if pieces.contains(where: { parts[$0.part].cursor.skippedLines ?? 0 >= $0.lines.lowerBound }) { continue }
            if let known = pieces.lazy.compactMap({ Self.taker(of: $0, in: before[$0.part], begun) }).first {
                continued.insert(known)
                take(pieces, for: known, begun)
            } else if pieces.contains(where: { parts[$0.part].isHeld($0.whole) }) {
                waiting += 1
                take(pieces, for: nil, begun)
            } else {
                take(pieces, for: incident.id, begun)
                label(&incident)
                new.append(incident)
            }
        }
        return new
    }

    private func pieces(of incident: Incident) -> [Piece] {
        ([incident.root] + incident.consequences + incident.confirmations).compactMap { finding in
            guard let part = indices[finding.source],
                let first = firstLines[Key(part: part, rule: finding.rule, line: finding.line)]
            else { return nil }
            let end = max(first, finding.line, finding.count > 1 ? 0 : finding.lastLine)
            return Piece(
                part: part, lines: first...end, last: max(end, finding.lastLine), offset: finding.offset)
        }
    }

    /// The incident that has taken a line of a piece before.
    private static func taker(of piece: Piece, in cursor: ContentCursor, _ begun: Set<Place>) -> String? {
        if let incident = cursor.incident(claiming: piece.lines) { return incident }
        guard piece.isRow, !begun.contains(Place(part: piece.part, line: piece.last)) else { return nil }
        return cursor.incident(claiming: piece.last...piece.last)
    }

    /// Remembers the lines of an incident, and that it may go on.
    private mutating func take(_ pieces: [Piece], for incident: String?, _ begun: Set<Place>) {
        for piece in pieces {
            if let incident {
                parts[piece.part].cursor.claim(piece.lines, for: incident)
                if piece.isRow, !begun.contains(Place(part: piece.part, line: piece.last)) {
                    parts[piece.part].cursor.claim(piece.last...piece.last, for: incident)
                }
            }
            let begin = max(0, piece.offset - Self.blockBytes)
            let open = reader.isOpen(parts[piece.part].cursor) ? parts[piece.part].cursor.openFrom : nil
            parts[piece.part].cursor.openFrom = min(open ?? begin, begin)
            parts[piece.part].cursor.openUntil = reader.now + Sweeper.openFor
        }
    }

    private func label(_ incident: inout Incident) {
        guard let part = indices[incident.root.source] else { return }
        let labels = parts[part].file.labels
        incident.host = incident.host ?? labels["host"]
        for (name, value) in labels where name != "host" && incident.root.captures[name] == nil {
            incident.root.captures[name] = value
        }
    }
}
