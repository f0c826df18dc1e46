import ArgumentParser
import BuiltInRules
import Bundling
import CrashModel
import Foundation
import HTMLReport
import Reporting
import Rules

/// The forms of a report that a bundle holds beside the one for programs, which is always there.
///
/// A new form gets into bundles with a line here.
enum BundledForms {
    struct Form {
        var file: String
        /// What it is, for people.
        var about: String
        var render: (CrashReport) throws -> String
    }

    static var all: [Form] {
        [
            Form(file: "report.txt", about: "the report, to read anywhere") {
                CrashReportText(style: .plain).render($0)
            },
            Form(file: "report.html", about: "the report, as a page for a browser") { try HTMLReport().render($0) },
            Form(file: "report.md", about: "the report, for an issue") { CrashReportMarkdown().render($0) },
        ]
    }
}

/// One file that holds a report in all its forms.
struct ReportBundleFile {
    let path: String

    /// Whether this is one, and no log. One that is named like an archive is taken for one, so that what is wrong with
    /// it is said.
    var isThere: Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
            return false
        }
        if BundleCompression(file: path) != nil { return true }
        return BundleReader.isBundle(path)
    }

    /// The report as its maker saw it.
    func open() throws -> CrashReport {
        do {
            return try BundleReader(library: try TarLibrary()).read(path).report
        } catch {
            Output.complain("the bundle \(SafeText.line(path)) was not opened: \(error)")
            throw ExitCode(ExitStatus.incomplete)
        }
    }

    /// Writes a report that has lost its secrets.
    func write(_ report: CrashReport) throws {
        guard let compression = BundleCompression(file: path) else { throw ValidationError(Self.names) }
        // `crash` of `crash.tar.zst`: unpacking makes a folder of that name.
        var folder = String(path.split(separator: "/").last ?? "")
        for end in [".tar.zst", ".tar.gz", ".tgz", ".tzst"] where folder.lowercased().hasSuffix(end) {
            folder.removeLast(end.count)
        }
        do {
            let made = try BundleWriter(library: try TarLibrary()).bundle(
                report, compression: compression, folder: folder
            ) { report in
                BundledForms.all.compactMap { form in
                    do {
                        return BundledFile(
                            path: form.file, about: form.about, bytes: Data(try form.render(report).utf8))
                    } catch {
                        Output.complain("\(SafeText.line(path)) holds no \(form.file): \(error)")
                        return nil
                    }
                }
            }
            try ReportFile(path: path, option: "--bundle").write(Array(made.bytes))
            for file in made.manifest.leftOut {
                Output.complain("\(SafeText.line(path)) holds no \(file.path): it is \(file.reason)")
            }
        } catch let error as BundleError {
            throw CommandFailure(
                "the bundle \(SafeText.line(path)) could not be made: \(SafeText.line("\(error)", limit: 1000))",
                status: ExitStatus.incomplete)
        }
    }

    static let names = "'--bundle' takes the name of a file that ends in .tar.zst or .tar.gz (.tgz)."
}

extension CrashReport {
    /// Which rules these are.
    static func rules(_ book: RuleBook) -> ReportedRules {
        let packs = Dictionary(grouping: book.rules, by: \.pack).map { name, rules in
            ReportedRules.Pack(name: name, count: rules.count, own: rules.count { !$0.isBuiltIn })
        }
        return ReportedRules(book.version, packs: packs)
    }
}
