import ArgumentParser
import Foundation
import Reporting

/// What a report is written as.
enum ReportForm: String, ExpressibleByArgument, CaseIterable {
    case text, markdown, html, json, prompt

    private static let endings: [String: ReportForm] = [
        "html": .html, "htm": .html, "md": .markdown, "markdown": .markdown, "json": .json, "txt": .text, "text": .text,
        "log": .text,
    ]

    /// What the end of a file's name asks for: text where it has none, as in `/dev/stdout`.
    ///
    /// - Throws: for an ending that is no form's, which would hold something else than its name says.
    init(file: String) throws(ValidationError) {
        let name = file.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else {
            self = .text
            return
        }
        let ending = name[name.index(after: dot)...].lowercased()
        if let form = Self.endings[ending] {
            self = form
            return
        }
        let way =
            switch ending {
            case "pdf", "ps": " A page prints to PDF from a browser: write '.html' and print it."
            case "zst", "gz", "tgz", "tzst": " One file of all forms is made with '--bundle'."
            default: ""
            }
        throw ValidationError(
            "'\(SafeText.line(file))' ends like no form of a report: .html, .md, .json and .txt are known. '--format' names "
                + "the form whatever the file is called.\(way)")
    }
}
