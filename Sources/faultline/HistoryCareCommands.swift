import ArgumentParser
import Foundation
import History
import Reporting

struct HistoryVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Looks at every line of a ledger: is it whole, and what its checksum was made of?",
        discussion: "Exit status: 0 when nothing is damaged, else 1.")

    @Argument(help: "Ledgers, plain or compressed, instead of the own one.", completion: .file())
    var files: [String] = []
    @OptionGroup var ledgerOptions: LedgerOptions
    @OptionGroup var archives: ArchiveOption

    func validate() throws {
        if !files.isEmpty, ledgerOptions.ledger != nil {
            throw ValidationError("name the ledgers either with '--ledger' or without, not both")
        }
    }

    func run() throws {
        var isWhole = true
        let own = ledgerOptions.open()
        var ledgers = files.isEmpty ? [own] : files.map(Ledger.init(path:))
        if archives.readsArchives { ledgers += ledgers.flatMap(\.archives) }
        for ledger in ledgers {
            guard let check = try ledger.check() else {
                Output.write("\(SafeText.line(ledger.path)): there is no such file\n")
                if !files.isEmpty { isWhole = false }
                continue
            }
            Output.write(text(check))
            if !check.damaged.isEmpty { isWhole = false }
        }
        if !isWhole { throw ExitCode(1) }
    }

    /// The most damaged lines that are shown; `repair` moves all of them.
    private static let most = 20

    private func text(_ check: LedgerCheck) -> String {
        var parts = ["\(check.records) records: \(check.incidents) incidents, \(check.resolutions) resolutions"]
        if check.newer > 0 { parts.append("\(check.newer) of a newer Faultline") }
        if check.unverified > 0 { parts.append("\(check.unverified) without a checksum") }
        if check.duplicates > 0 { parts.append("\(check.duplicates) that stand there twice") }
        var text = "\(SafeText.line(check.path)): \(check.damaged.isEmpty ? "whole" : "damaged")\n"
        text += "  " + parts.joined(separator: ", ") + "\n"
        for line in check.damaged.prefix(Self.most) {
            let place = line.line > 0 ? "line \(line.line)" : "the end"
            text += "  \(place): \(line.kind.rawValue), \(SafeText.line(line.reason))\n"
        }
        if check.damaged.count > Self.most { text += "  and \(check.damaged.count - Self.most) more damaged lines\n" }
        return text
    }
}

struct HistoryRepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Moves damaged lines out of the ledger into a file beside it; deletes nothing.")

    @OptionGroup var ledgerOptions: LedgerOptions

    func run() throws {
        let ledger = ledgerOptions.open()
        let repair = try ledger.repair(now: Date())
        guard let file = repair.file else { return Output.write("Nothing is damaged; nothing was changed.\n") }
        let lines = repair.moved.count == 1 ? "1 damaged line" : "\(repair.moved.count) damaged lines"
        Output.write("Moved \(lines) to \(SafeText.line(file)). All other lines are as they were.\n")
    }
}

struct HistoryMergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Makes one ledger of several: each record once, in the order of time.",
        discussion: """
            Of two records with one id the fuller stays. Records of a newer Faultline are kept as they are. The order of the \
            files does not matter, and merging again changes nothing. Exit status: 3 when damaged lines were passed over.
            """)

    @Argument(help: "Ledgers, plain or compressed.", completion: .file())
    var files: [String]
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp(
            "Merge into this ledger instead of standard output; its own records stay.", valueName: "file"),
        completion: .file())
    var output: String?

    func run() throws {
        let ledgers = files.map(Ledger.init(path:))
        var merge = LedgerMerge()
        if let output {
            merge = try Ledger(path: output).merge(ledgers)
            Output.write("\(SafeText.line(output)) holds \(merge.count) records.\n")
        } else {
            for ledger in ledgers { try merge.add(ledger) }
            for line in merge.lines { Output.write(bytes: line) }
        }
        for (path, line) in merge.damaged {
            Output.complain("passed over \(SafeText.line(path)), line \(line.line): \(SafeText.line(line.reason))")
        }
        if !merge.damaged.isEmpty { throw ExitCode(ExitStatus.incomplete) }
    }
}

struct HistoryRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Moves old records into a compressed file beside the ledger, ledger-TIME.jsonl.gz.",
        usage: "faultline history rotate (--keep <size> | --before <time>) [<options>]",
        discussion: "What was said about fixes stays. 'faultline history --all' reads the old records too.")

    @Option(help: ArgumentHelp("Keep the youngest records, at most so much: 512K, 16M.", valueName: "size"))
    var keep: ByteCount?
    @Option(help: ArgumentHelp("Move what is older: '2026-01-01', '90d ago'.", valueName: "time"))
    var before: TimeExpression?
    @OptionGroup var ledgerOptions: LedgerOptions

    func validate() throws {
        if (keep == nil) == (before == nil) { throw ValidationError("give either '--keep SIZE' or '--before TIME'.") }
    }

    func run() throws {
        let now = Date()
        let rule: Ledger.RotationRule
        if let keep {
            rule = .keep(bytes: keep.bytes)
        } else if let before {
            rule = .before(before.date(now: now))
        } else {
            return
        }
        let rotation = try ledgerOptions.open().rotate(rule, now: now)
        guard let file = rotation.file else { return Output.write("Nothing had to be moved.\n") }
        Output.write(
            "Moved \(rotation.moved) of \(rotation.moved + rotation.kept) records to \(SafeText.line(file)). "
                + "The ledger has \(rotation.size) bytes now.\n")
    }
}
