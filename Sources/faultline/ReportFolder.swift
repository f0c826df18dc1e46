import ArgumentParser
import CrashModel
import Foundation
import HTMLReport
import History
import Reporting
import Rules

extension ReportCommand {
    /// Pages that a folder gets: each is written whole, and a browser has to list them.
    static let mostPages = 500

    /// Writes a page for each failure of the ledger, and one that lists them.
    func writeAll(_ book: RuleBook, now: Date) throws {
        guard let output else { return }
        let contents = try ledgerOptions.open().read()
        let from = since?.date(now: now)
        let chosen = contents.incidents.filter { $0.occurredAt >= from ?? .distantPast }
            .sorted { $1.occurredAt < $0.occurredAt }
        var notes: [String] = []
        if chosen.count > Self.mostPages {
            notes.append("the youngest \(Self.mostPages) of \(chosen.count) incidents have pages")
        }
        var report = CrashReport(
            version: Version.text, createdAt: now, origin: .ledger,
            incidents: chosen.prefix(Self.mostPages).map { told($0, contents, book) })
        ReportFilling(book: book, context: context).fill(&report)
        var statistics = contents.statistics(CrashFilter(since: from), now: now)
        if statistics.damagedLines > 0 {
            notes.append("\(statistics.damagedLines) damaged lines of the ledger were passed over")
        }
        let counts = try redaction.redact(&statistics, hosts: report.hosts, book)
        try redaction.redact(&report, book)
        if let counts { report.redaction?.counts.merge(counts) { max($0, $1) } }
        ReportFilling.finish(&report, book)

        let folder = URL(filePath: output, directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw ValidationError(
                "the folder '\(SafeText.line(output))' could not be made: \(error.localizedDescription)")
        }
        var taken: Set<String> = []
        var index = CrashIndex(
            version: Version.text, statistics: statistics, entries: [], notes: notes, redaction: report.redaction)
        for incident in report.incidents {
            let name = HTMLIndex.fileName(incident.id, among: taken)
            taken.insert(name)
            index.entries.append(CrashIndex.Entry(file: name, incident: incident))
            var single = report
            single.incidents = [incident]
            try write(HTMLReport().render(single, index: "index.html"), to: folder.appending(path: name).path())
        }
        // Last, so that what it links to is there.
        try write(HTMLIndex().render(index), to: folder.appending(path: "index.html").path())
    }
}
