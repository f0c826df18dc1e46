import Foundation
import Mustache

/// What a page needs beside its values: templates, a style sheet, a script, and the policy that allows no others.
struct PageAsset {
    let text: String
    /// For the policy: `sha256-…` of the text.
    let hash: String
    /// The file that it was made of, for tests and errors.
    let name: String

    private init(_ name: String, _ bytes: [UInt8], hash: String) {
        self.name = name
        text = String(decoding: bytes, as: UTF8.self)
        self.hash = hash
    }

    // The hashes are written down, so that no library for them is linked. A test computes them: it says what to write
    // here after a change.
    static var style: PageAsset {
        PageAsset(
            "page.css", PackageResources.page_css, hash: "sha256-+Ki321NjvyngQmuRPUeQCbHDp47oQ/sQvrPMItw+7EM=")
    }

    static var script: PageAsset {
        PageAsset(
            "page.js", PackageResources.page_js, hash: "sha256-eilX1t2nL5aIOoStXVuLY72KEKozjC2xVOODMCrTgZQ=")
    }
}

/// What a browser may do with a page: show it. Nothing is loaded, sent, framed or run but the script of this program.
enum PagePolicy {
    static let text = [
        "default-src 'none'", "style-src '\(PageAsset.style.hash)'", "script-src '\(PageAsset.script.hash)'",
        "img-src data:", "base-uri 'none'", "form-action 'none'",
    ].joined(separator: "; ")
}

/// The templates, parsed.
struct PageTemplates {
    private let library: MustacheLibrary

    /// - Throws: Where a template is not well formed.
    init() throws(HTMLReportError) {
        var templates: [String: MustacheTemplate] = [:]
        for (name, bytes) in Self.sources {
            do {
                templates[name] = try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self))
            } catch {
                throw HTMLReportError(template: name, reason: "\(error)")
            }
        }
        library = MustacheLibrary(templates: templates)
    }

    static var sources: [String: [UInt8]] {
        [
            "page": PackageResources.page_mustache, "incident": PackageResources.incident_mustache,
            "story": PackageResources.story_mustache, "timeline": PackageResources.timeline_mustache,
            "machine": PackageResources.machine_mustache, "excerpts": PackageResources.excerpts_mustache,
            "reading": PackageResources.reading_mustache, "index": PackageResources.index_mustache,
            "symbols": PackageResources.symbols_mustache, "head": PackageResources.head_mustache,
        ]
    }

    /// - Throws: Where there is no template of that name.
    func render(_ name: String, _ values: PageValues) throws(HTMLReportError) -> String {
        guard let text = library.render(values.fields, withTemplate: name) else {
            throw HTMLReportError(template: name, reason: "there is none of that name")
        }
        return text
    }
}

/// Why no page could be made: a fault of this program, not of what it tells.
public struct HTMLReportError: Error, Sendable, Hashable, CustomStringConvertible {
    public var template: String
    public var reason: String

    public var description: String {
        "the page's template '\(template)' cannot be used: \(reason); this is a fault of Faultline: please report it, "
            + "and write the report as Markdown meanwhile"
    }
}
