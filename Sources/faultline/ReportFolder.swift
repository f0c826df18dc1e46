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
        let folder = try pagesFolder(output)
        let ledger = ledgerOptions.open()
        let contents = try ledger.read()
        let from = since?.date(now: now)
        let chosen = contents.incidents.filter { $0.occurredAt >= from ?? .distantPast }
            .sorted { $1.occurredAt < $0.occurredAt }
        var notes = [ledger.silence(contents, since: from, chosen.count)].compactMap(\.self)
        for note in notes { Output.complain(note) }
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

        var taken: Set<String> = []
        var index = CrashIndex(
            version: Version.text, statistics: statistics, entries: [], notes: notes, redaction: report.redaction)
        for incident in report.incidents {
            let name = HTMLIndex.fileName(incident.id, among: taken)
            taken.insert(name)
            index.entries.append(CrashIndex.Entry(file: name, incident: incident))
            var single = report
            single.incidents = [incident]
            try ReportFile(path: folder + name).write(HTMLReport().render(single, index: "index.html"))
        }
        // Last, so that what it links to is there.
        try ReportFile(path: folder + "index.html").write(HTMLIndex().render(index))
    }
    /// The folder for pages, which is made where there is none; with a slash at its end.
    private func pagesFolder(_ output: String) throws -> String {
        let folder = output.hasSuffix("/") ? output : output + "/"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            let code = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.code ?? Int(EEXIST)
            var isFolder: ObjCBool = false
            let isFile = FileManager.default.fileExists(atPath: output, isDirectory: &isFolder) && !isFolder.boolValue
            throw CommandFailure(
                isFile
                    ? "'-o \(SafeText.line(output))' is a file: '--all' writes many pages, and needs a folder"
                    : "the folder '\(SafeText.line(output))' could not be made: "
                        + "\(String(cString: strerror(Int32(truncatingIfNeeded: code)))); name another with '-o'",
                status: isFile ? ExitStatus.usage : ExitStatus.incomplete)
        }
        if access(folder, W_OK | X_OK) != 0 {
            throw CommandFailure(
                "cannot write into the folder '\(SafeText.line(output))': \(String(cString: strerror(errno))); name another "
                    + "with '-o'", status: ExitStatus.incomplete)
        }
        return folder
    }
}
