import CrashModel
import Foundation
import Logs
import Scanning

/// One content that is followed, and what was found in it so far.
final class FollowedSource {
    /// Findings are dropped so many seconds after they came: as long as two lines may lie apart and be of one failure,
    /// and some more.
    static let keepFor = 2 * 3600.0

    /// Stays the same when the file is renamed.
    let number: Int
    /// As it is told.
    var name: String
    /// Nobody has seen the lines from here on before; `.max` until it is known where that is.
    var firstNewLine: Int
    /// When something of it came last.
    var lastDataAt: Double
    /// How much of the live scan's beginnings lies before it in the file.
    private let offset: Int
    private var live: LiveScan?
    private var ended: SourceScan?
    private var arrivals: [(at: Double, line: Int)] = []
    private var seenChanges = 0

    init(_ number: Int, _ name: String, live: LiveScan, offset: Int, firstNewLine: Int, now: Double) {
        self.number = number
        self.name = name
        self.live = live
        self.offset = offset
        self.firstNewLine = firstNewLine
        lastDataAt = now
    }

    /// What was scanned whole.
    init(_ number: Int, _ scan: SourceScan, firstNewLine: Int, now: Double) {
        self.number = number
        name = scan.input.source
        ended = scan
        offset = 0
        self.firstNewLine = firstNewLine
        lastDataAt = now
    }

    var isLive: Bool { live != nil }
    var nextLine: Int { live?.nextLine ?? 0 }
    /// Whether the line that is written was cut, or is longer than one that is read.
    var hasHalfLine: Bool { live?.hasHalfLine ?? false }

    /// - Parameter modified: when the file was written last, which says of which year its lines are.
    func append(_ bytes: [UInt8], modified: Date?, now: Double) {
        guard let live, !bytes.isEmpty else { return }
        if let modified { live.modified = modified }
        bytes.withUnsafeBytes { live.append($0) }
        lastDataAt = now
        if now - (arrivals.last?.at ?? -.infinity) > 60 { arrivals.append((now, live.nextLine)) }
    }

    /// Whether something was found, healed or begun since the last time that this was asked.
    func takeChange() -> Bool {
        guard let live, live.changes != seenChanges else { return false }
        seenChanges = live.changes
        return true
    }

    /// Nothing more comes: what was found is kept, and what scans it is let go.
    func end() {
        ended = current(halfLine: true)
        live = nil
    }

    /// As it is judged.
    ///
    /// - Parameter quiet: from how many seconds of silence on its length is of interest.
    func scan(now: Double, quiet: Double) -> SourceScan {
        var scan = current(halfLine: now - lastDataAt >= 1)
        scan.input.source = name
        for index in scan.findings.indices { scan.findings[index].finding.source = name }
        if isLive, now - lastDataAt >= quiet { scan.quietSeconds = now - lastDataAt }
        return scan
    }

    private func current(halfLine: Bool) -> SourceScan {
        if let ended { return ended }
        guard var scan = live?.scan(halfLine: halfLine) else { return SourceScan(InputReport(source: name)) }
        if offset > 0 {
            for index in scan.findings.indices { scan.findings[index].finding.offset += offset }
        }
        return scan
    }

    /// Drops findings that came hours ago, so that weeks fit.
    func forget(now: Double) {
        guard let first = arrivals.first, now - first.at > Self.keepFor,
            let index = arrivals.lastIndex(where: { now - $0.at > Self.keepFor }), index > 0
        else { return }
        live?.forgetFindings(before: arrivals[index].line)
        arrivals.removeFirst(index)
    }
}
