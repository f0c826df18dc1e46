import ArgumentParser
import CrashModel
import Foundation
import History
import Redaction
import Reporting

struct HistoryExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the incidents of the ledger as a table for spreadsheets (RFC 4180).",
        usage: "faultline history export --csv [<options>]",
        discussion: """
            One row per incident, without the secrets that stand in it: a table is made to be sent. A text that a \
            spreadsheet would run as a formula gets an apostrophe in front. Exit status: 3 when damaged lines were \
            passed over.
            """)

    @Flag(name: .customLong("csv"), help: "As CSV, which is all there is.")
    var isCSV = false
    @OptionGroup var ledgerOptions: LedgerOptions
    @OptionGroup var archives: ArchiveOption
    @OptionGroup var redaction: RedactionChoice
    @OptionGroup var rules: RuleOptions

    func validate() throws {
        if !isCSV { throw ValidationError("say '--csv'. The ledger itself is JSON, one object a line.") }
    }

    func run() throws {
        let book = try rules.book()
        if redaction.isGiven { _ = try redaction.redactor(book, hosts: []) }
        let contents = try ledgerOptions.open().read(archives: archives.readsArchives)
        let fixes = Dictionary(grouping: contents.resolutions, by: \.fingerprint)
            .compactMapValues { $0.max { $0.recordedAt < $1.recordedAt } }
        Output.write(LedgerTable.header)
        let redactor =
            redaction.isOff
            ? nil
            : try redaction.redactor(
                book,
                hosts: redaction.redactsNames ? HostNames.toHide(Set(contents.incidents.compactMap(\.host))) : [])
        // Some at a time: a ledger of years is not to be in memory twice.
        for start in stride(from: 0, to: contents.incidents.count, by: 500) {
            var rows = contents.incidents[start...].prefix(500).map {
                LedgerTable.cells($0, fix: fixes[$0.fingerprint])
            }
            if let redactor { rows = try redactor.redact(rows).value }
            for row in rows { Output.write(LedgerTable.row(row)) }
        }
        if !contents.damaged.isEmpty {
            Output.complain("\(contents.damaged.count) damaged lines of the ledger were passed over")
            throw ExitCode(ExitStatus.incomplete)
        }
    }
}

/// The columns of `history export --csv`. Programs may count on their names; new ones come last.
enum LedgerTable {
    static let columns = [
        "id", "fingerprint", "occurred_at", "first_seen", "last_seen", "recorded_at", "category", "title", "severity",
        "verdict", "outcome", "confidence", "host", "ranks", "rule", "source", "line", "text", "last_step",
        "last_progress_at", "checkpoint_step", "checkpoint_path", "lost_steps", "lost_seconds", "fix", "fixed_at",
    ]

    static var header: String { columns.joined(separator: ",") + "\r\n" }

    /// By column; what is not known has none.
    static func cells(_ record: LedgerRecord, fix: ResolutionRecord?) -> [String: String] {
        let checkpoint = record.lastCheckpoint
        let cells: [String?] = [
            record.id, record.fingerprint, record.occurredAt.iso8601, record.firstSeen?.iso8601,
            record.lastSeen?.iso8601, record.recordedAt.iso8601, record.category.description, record.title,
            record.severity.rawValue, record.verdict.rawValue, record.outcome.rawValue, String(record.confidence),
            record.host, record.ranks.map(String.init).joined(separator: " "), record.root.rule, record.root.source,
            String(record.root.line), record.root.text, record.lastProgress?.step.map(String.init),
            record.lastProgress?.time?.iso8601, checkpoint?.step.map(String.init), checkpoint?.path,
            record.lost?.steps.map(String.init), record.lost?.seconds.map { String($0) }, fix?.fix,
            fix?.recordedAt.iso8601,
        ]
        return Dictionary(zip(columns, cells).compactMap { name, cell in cell.map { (name, $0) } }) { first, _ in first
        }
    }

    static func row(_ cells: [String: String]) -> String {
        columns.map { TableCell.text(cells[$0] ?? "") }.joined(separator: ",") + "\r\n"
    }
}
