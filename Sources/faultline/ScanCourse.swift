import ArgumentParser
import BuiltInRules
import CrashModel
import Diagnosis
import Foundation
import History
import Logs
import Recording
import Reporting
import Rules
import Scanning

/// One scan, from paths to a report: reads, diagnoses, looks up what is known of it, and remembers it.
struct ScanCourse {
    /// Without any, and without a journal: the current folder and the kernel's ring.
    var paths: [String]
    var journal: JournalOptions?
    var window = TimeWindow()
    /// Logs of runs that ended well.
    var baseline: [String] = []
    /// All cores when not given.
    var threads: Int?
    var ledger: Ledger?
    var recordings: RecordingArchive
    var now: Date
    /// Whether the report says which rules it is by, which takes a moment to find out.
    var statesRules = false

    init(paths: [String], recordings: RecordingArchive, now: Date) {
        self.paths = paths
        self.recordings = recordings
        self.now = now
    }

    func report(by book: RuleBook) throws -> ScanReport {
        let compiled = try CompiledRules(book)
        let discovered = InputDiscovery().discover(paths.isEmpty && journal == nil ? ["."] : paths)
        var inputs = discovered.inputs
        var unreadable = discovered.unreadable
        var entries: RunningJournal?
        do {
            entries = try journal?.start(since: window.since)
        } catch {
            unreadable.append(InputReport(source: RunningJournal.source, complete: false, problem: error.message))
        }
        if let entries { inputs.append(entries.input) }
        if paths.isEmpty, journal == nil, let kernel = KernelRing().read() { inputs.append(kernel) }
        // Several inputs are scanned side by side; few large ones are each worked on by several.
        let cores = min(threads ?? ProcessInfo.processInfo.activeProcessorCount, 256)
        let scanner = LiteralScanner(compiled, threads: cores / max(inputs.count, 1))
        let progress = ProgressLine(total: inputs.count)
        var scans = scanner.scan(inputs, threads: cores) { progress.show($0) }
        scans = scans.map(window.narrow)
        let healthy = InputDiscovery().discover(baseline)
        let twice = Set(healthy.inputs.map(\.source)).intersection(inputs.map(\.source))
        if let source = twice.min() {
            throw ValidationError("'\(SafeText.line(source))' is both to be diagnosed and the baseline")
        }
        let baseline = scanner.scan(healthy.inputs, threads: cores)
        let diagnostician = Diagnostician(book)
        var report = ScanReport(
            inputs: unreadable + healthy.unreadable + scans.map(\.input), skipped: discovered.skipped,
            incidents: window.narrow(diagnostician.diagnose(scans, baseline: baseline, recorded: recordings.contexts)),
            notes: window.notes(for: scans) + overflow(scans), version: Version.text,
            rules: statesRules ? book.version : nil)
        entries?.finish(&report.inputs)
        report.notes += recordings.problems(for: report.incidents)
        if !report.isExplained { report.telling = diagnostician.tellingLines(scans, baseline: baseline) }
        addSnapshot(to: &report)
        if let ledger { remember(&report, ledger) }
        return report
    }

    /// Looks up what the ledger knows of each failure, then adds today's. A ledger that cannot be used costs the
    /// history, not the diagnosis.
    private func remember(_ report: inout ScanReport, _ ledger: Ledger) {
        do {
            let past = try ledger.read(fingerprints: Set(report.incidents.map(\.fingerprint)))
            let ids = Set(report.incidents.map(\.id))
            for index in report.incidents.indices {
                let incident = past.reconsidered(report.incidents[index], excludingIDs: ids)
                report.incidents[index] = incident
            }
            report.seenBefore = past.sightings(before: report.incidents)
            if !past.damaged.isEmpty {
                report.notes.append("the ledger holds \(past.damaged.count) damaged lines, which were passed over")
            }
            _ = try ledger.append(report.incidents.filter(\.isCrash), scannedAt: now)
        } catch {
            report.notes.append("the history was not updated: \(error)")
        }
    }

    /// With no recording of the moment, this machine as it is now stands in, marked as such.
    private func addSnapshot(to report: inout ScanReport) {
        guard let first = report.incidents.firstIndex(where: \.isCrash), report.incidents[first].context == nil else {
            return
        }
        if let host = report.incidents[first].host, host != ProcessInfo.processInfo.hostName { return }
        report.incidents[first].context = MachineSnapshot().take(
            now: now, filesystemsOf: paths.isEmpty ? ["."] : paths.filter { $0 != "-" })
    }

    private func overflow(_ scans: [SourceScan]) -> [String] {
        scans.filter { $0.uncounted > 0 }.map {
            "\(SourceName.of($0.input.source)): \($0.uncounted) further findings were counted but not kept"
        }
    }
}

/// What `--since` and `--until` leave of a scan.
struct TimeWindow {
    var since: Date?
    var until: Date?

    func narrow(_ scan: SourceScan) -> SourceScan {
        guard since != nil || until != nil else { return scan }
        var scan = scan
        scan.findings.removeAll { scanned in
            guard let date = scanned.finding.time.date else { return false }
            return since.map { date < $0 } ?? false || until.map { date > $0 } ?? false
        }
        return scan
    }

    /// Drops what was inferred of a time outside.
    func narrow(_ incidents: [Incident]) -> [Incident] {
        incidents.filter { incident in
            let isBefore = since.flatMap { since in incident.lastSeen.map { $0 < since } } ?? false
            let isAfter = until.flatMap { until in incident.firstSeen.map { $0 > until } } ?? false
            return !isBefore && !isAfter
        }
    }

    /// Findings whose time is unknown cannot be left out, which has to be said.
    func notes(for scans: [SourceScan]) -> [String] {
        guard since != nil || until != nil else { return [] }
        let undated = scans.flatMap(\.findings).filter { $0.finding.time.date == nil }.count
        return undated == 0 ? [] : ["\(undated) findings state no time and were kept in spite of --since and --until"]
    }
}
