import CrashModel
import Foundation
import Rules
import Scanning

/// Brings the clocks of all sources onto one timeline.
///
/// Logs of one job disagree in two ways: a container writes UTC beside a host that writes local time without saying so,
/// and the kernel counts from boot. Both show where two logs speak of the same process, or of the same fault.
struct Timeline {
    let book: RuleBook
    /// The zone that times which state none were taken in.
    let timeZone: TimeZone
    /// No line was written later.
    var now = Date()

    /// Two words about one process stand this close, by right clocks.
    private static let tieSeconds: Double = 120
    /// A fault of the machine and what programs make of it are this close, when nothing but they tie two clocks.
    private static let closeSeconds: Double = 20
    /// Evidence of one source that is compared.
    private static let most = 240
    /// Zones are up to 14 hours away from UTC.
    private static let zones = (-28...28).map { Double($0) * 1800 }.filter { $0 != 0 }

    func align(_ scans: [SourceScan]) -> [SourceScan] {
        var aligned = inOneDay(inOneYear(scans))
        for index in aligned.indices { aligned[index] = tieToBoot(aligned, index) }
        aligned = inZoneOfBanners(aligned)
        let zoned = aligned.indices.filter { aligned[$0].isZoneStated }
        let zoneless = aligned.indices.filter { !aligned[$0].isZoneStated && aligned[$0].firstTime != nil }
        // The logs of a machine share a clock, and those of a job in its containers another.
        let machines = zoneless.filter { aligned[$0].input.kind != .training }
        let programs = zoneless.filter { aligned[$0].input.kind == .training }
        if zoned.isEmpty {
            move(machines, besides: programs, &aligned)
        } else {
            move(programs, besides: zoned, &aligned)
            move(machines, besides: zoned, &aligned)
        }
        return aligned
    }

    private func move(_ group: [Int], besides others: [Int], _ scans: inout [SourceScan]) {
        let shift = shift(of: group.map { scans[$0] }, besides: others.map { scans[$0] })
        if shift == 0 { return }
        for index in group { scans[index] = moved(scans[index], by: shift) }
    }

    // MARK: - Zones

    /// A job's log may state the machine's zone in a line or two, as `date` prints it, which places all its times. What
    /// states none beside it was written in the same zone, until more is known.
    private func inZoneOfBanners(_ scans: [SourceScan]) -> [SourceScan] {
        let offsets = Set(scans.filter { !$0.isZoneStated }.compactMap(\.utcOffset))
        guard let offset = offsets.first, offsets.count == 1 else { return scans }
        return scans.map { scan in
            guard !scan.isZoneStated, scan.utcOffset == nil, let last = scan.lastTime else { return scan }
            return moved(scan, by: Double(timeZone.secondsFromGMT(for: last) - offset))
        }
    }

    private func moved(_ scan: SourceScan, by seconds: Double) -> SourceScan {
        if seconds == 0 { return scan }
        var scan = scan.shifted(by: seconds)
        scan.movedBy += seconds
        return scan
    }

    /// How far the clocks of the logs without a zone have to be moved to agree with those that state theirs.
    private func shift(of scans: [SourceScan], besides zoned: [SourceScan]) -> Double {
        // All are compared with all, for every zone there is.
        let own = scans.flatMap { words(of: $0).prefix(max(2, Self.most / scans.count)) }
        let others = zoned.map { words(of: $0).prefix(max(2, Self.most / zoned.count)).map(\.self) }
        if own.isEmpty || others.allSatisfy(\.isEmpty) { return 0 }
        // The zone that another log of the machine states is the likeliest.
        let stated = Set(
            zoned.compactMap { other in
                other.utcOffset.flatMap { offset in
                    other.lastTime.map { Double(timeZone.secondsFromGMT(for: $0) - offset) }
                }
            })
        func score(_ shift: Double) -> Int {
            others.reduce(0) { $0 + agreement(of: own, $1, shift: shift, isStated: stated.contains(shift)) }
        }
        let unmoved = score(0)
        var best = (shift: 0.0, score: unmoved)
        for zone in Self.zones.sorted(by: { abs($0) < abs($1) }) {
            let score = score(zone)
            if score > best.score { best = (zone, score) }
        }
        return best.score >= unmoved + 2 ? best.shift : 0
    }

    struct Word {
        var span: ClosedRange<Date>
        var pid: Int?
        var category: CrashModel.Category
        /// Said by the machine, a scheduler or another agent, and not by the run.
        var isMachine: Bool

        var isExact: Bool { span.upperBound.timeIntervalSince(span.lowerBound) < 60 }

        /// The gap between two words when this one's clock is moved; zero where they may have been said at once.
        func seconds(to other: Word, shift: Double) -> Double {
            let from = span.lowerBound.timeIntervalSinceReferenceDate + shift
            let to = span.upperBound.timeIntervalSinceReferenceDate + shift
            return max(
                0, other.span.lowerBound.timeIntervalSinceReferenceDate - to,
                from - other.span.upperBound.timeIntervalSinceReferenceDate)
        }
    }

    /// What a source says at a time that is known well.
    func words(of scan: SourceScan) -> [Word] {
        scan.findings.lazy.filter { $0.finding.severity != .warning && $0.finding.role != .teardown }.compactMap {
            scanned -> Word? in
            guard let span = scanned.finding.span, span.upperBound.timeIntervalSince(span.lowerBound) < 900 else {
                return nil
            }
            return Word(
                span: span, pid: scanned.finding.origin.pid, category: scanned.finding.category,
                isMachine: scanned.isKernel || scan.input.kind != .training)
        }.prefix(Self.most).map(\.self)
    }

    /// How much speaks for a shift: processes that both name count most, then faults with their consequences.
    func agreement(of own: [Word], _ others: [Word], shift: Double, isStated: Bool) -> Int {
        var pids: Set<Int> = []
        var faults = 0
        for word in own {
            for other in others {
                let isExact = word.isExact && other.isExact
                let seconds = word.seconds(to: other, shift: shift)
                guard seconds <= Self.tieSeconds else { continue }
                if let pid = word.pid, pid == other.pid { pids.insert(pid) }
                // The driver's word and the program's about one fault, which each calls by the same name.
                if isExact, seconds <= Self.closeSeconds, word.isMachine != other.isMachine,
                    word.category == other.category
                {
                    faults += 1
                    continue
                }
                guard isExact || isStated, seconds <= Self.closeSeconds, word.isMachine != other.isMachine else {
                    continue
                }
                let (fault, effect) = word.isMachine ? (word, other) : (other, word)
                if book.causality.explains(fault.category, effect.category) { faults += 1 }
            }
        }
        // Faults and errors meet by chance, but seldom at a whole hour to the second.
        let isWholeHour = shift.truncatingRemainder(dividingBy: 3600) == 0
        let byFaults = isStated || isWholeHour ? min(faults, 1) * 2 : 0
        return pids.count * 4 + byFaults
    }

    // MARK: - Boot

    /// A log that only counts from boot gets its times from another log of the same boot that also knows the date, or
    /// from a process whose end both tell of.
    private func tieToBoot(_ scans: [SourceScan], _ index: Int) -> SourceScan {
        var scan = scans[index]
        let undated = scan.findings.filter { $0.finding.time.date == nil && $0.finding.time.sinceBoot != nil }
        guard !undated.isEmpty, let boot = bootTime(undated, among: scans, except: index) else { return scan }
        for at in scan.findings.indices where scan.findings[at].finding.time.date == nil {
            guard let seconds = scan.findings[at].finding.time.sinceBoot else { continue }
            let date = boot.date + seconds
            scan.findings[at].finding.time = LogTime(
                date: date, sinceBoot: seconds, source: .interpolated, span: (date - boot.slack)...date)
        }
        return scan
    }

    private func bootTime(
        _ undated: [ScannedFinding], among scans: [SourceScan], except index: Int
    ) -> (date: Date, slack: Double)? {
        for (other, scan) in scans.enumerated() where other != index {
            for finding in scan.findings.map(\.finding) {
                guard let date = finding.time.date, let seconds = finding.time.sinceBoot else { continue }
                let isSame = undated.contains {
                    $0.finding.rule == finding.rule && $0.finding.text == finding.text
                        && abs(($0.finding.time.sinceBoot ?? 0) - seconds) < 0.001
                }
                if isSame { return (date - seconds, 0) }
            }
        }
        for (other, scan) in scans.enumerated() where other != index {
            for finding in scan.findings.map(\.finding) where finding.time.source == .stated {
                guard let pid = finding.origin.pid, let date = finding.time.date,
                    ["signal", "worker"].contains(finding.category.family)
                else { continue }
                let last = undated.last { $0.finding.origin.pid == pid && $0.finding.time.sinceBoot != nil }
                guard let seconds = last?.finding.time.sinceBoot else { continue }
                // The launcher noticed it some moments later.
                return (date - seconds, Self.tieSeconds)
            }
        }
        return nil
    }
}
