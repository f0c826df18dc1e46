import CrashModel
import Foundation
import Testing

@testable import HTMLReport
@testable import Reporting

@Suite("The page that people forward")
struct HTMLReportTests {
    static func page(_ text: String) throws -> Markup { Markup(try HTMLReport().render(Sample.report(text))) }

    @Test("hostile text changes nothing of a page but its text", arguments: Sample.hostile)
    func hostile(text: String) throws {
        // A line that ends within a sentence is shown with the next.
        let isOpen = text.last.map { $0.isLetter || $0.isNumber || ":,(-".contains($0) } ?? false
        let plain = try Self.page(isOpen ? "plain words" : "plain words.")
        let page = try Self.page(text)
        #expect(page.skeleton == plain.skeleton)
        #expect(page.links.filter { !$0.hasPrefix("#") } == ["data:,"])
        let invisible = page.page.unicodeScalars.filter { $0 != "\n" && !SafeText.isShown($0) }
        #expect(invisible.isEmpty)
    }

    @Test("hostile text changes nothing of an index but its text", arguments: Sample.hostile)
    func hostileIndex(text: String) throws {
        func page(_ text: String) throws -> Markup {
            var statistics = CrashStatistics(generatedAt: Sample.start, crashes: 2, ledgerCrashes: 2, undated: 0)
            let share = CrashStatistics.Share(category: Category(text), crashes: 2)
            statistics.days = [.init(day: text, number: 1, crashes: 2), .init(day: text, number: 9, crashes: 1)]
            statistics.families = [.init(family: text, crashes: 2, share: 1, categories: [share])]
            statistics.repeatedHosts = [.init(name: text, crashes: 2, last: Sample.start, categories: [share])]
            statistics.repeatedFailures = [
                .init(name: text, title: text, crashes: 2, last: Sample.start, categories: [share])
            ]
            statistics.fixes = [
                .init(fix: text, fixedAt: Sample.start, fingerprint: text, title: text, before: 1, since: 0)
            ]
            let incident = try #require(Sample.report(text).incidents.first)
            let index = CrashIndex(
                version: text, statistics: statistics, entries: [.init(file: "a.html", incident: incident)],
                notes: [text])
            return Markup(try HTMLIndex().render(index))
        }
        let hostile = try page(text)
        #expect(hostile.skeleton == (try page("plain words")).skeleton)
        #expect(Set(hostile.links) == ["data:,", "#main", "a.html"])
    }

    @Test(
        "what takes no ink or turns the direction is written out",
        arguments: [
            ("a\u{202e}b", "a‹U+202E›b"), ("\u{1b}[31m", "‹U+001B›[31m"), ("a\tb", "a    b"), ("a\nb", "a‹U+000A›b"),
            ("\u{200b}", "‹U+200B›"), ("<\u{301}", "<‹U+0301›"), ("e\u{301}", "e\u{301}"), ("\u{d4e}<", "‹U+0D4E›<"),
            ("größer 日本", "größer 日本"), ("\\u{202e}", "\\u{202e}"),
        ])
    func visible(text: String, shown: String) {
        // Compared by code points: to Swift a letter with its accent and the letter that has one are the same.
        #expect(Array(VisibleText.of(text).unicodeScalars) == Array(shown.unicodeScalars))
    }

    @Test("every link leads to a place on the page, and no two places have one name")
    func links() throws {
        var report = Sample.report("plain words")
        report.incidents.append(report.incidents[0])
        let page = Markup(try HTMLReport().render(report, index: "index.html"))
        #expect(Set(page.ids).count == page.ids.count)
        let targets = page.links.filter { $0.hasPrefix("#") }.map { String($0.dropFirst()) }
        #expect(targets.count > 20)
        #expect(targets.filter { !page.ids.contains($0) } == [])
        #expect(page.links.filter { !$0.hasPrefix("#") }.sorted() == ["data:,", "index.html"])
    }

    @Test("labels name what is there, each part of the page is a landmark with a name, headings leave out no level")
    func landmarks() throws {
        let page = try Self.page("plain words")
        let ids = Set(page.ids)
        for tag in page.tags {
            if let label = tag.attributes["aria-labelledby"] { #expect(ids.contains(label), "\(label)") }
            if tag.name == "section" || tag.name == "article" || tag.name == "nav" {
                #expect(tag.attributes["aria-labelledby"] != nil || tag.attributes["aria-label"] != nil)
            }
            if tag.attributes["tabindex"] == "0" { #expect(tag.attributes["aria-label"]?.isEmpty == false) }
            if tag.name == "svg", tag.attributes["role"] == nil, tag.attributes["class"] != "curves" {
                #expect(tag.attributes["aria-hidden"] == "true")
            }
        }
        #expect(page.tags.filter { $0.name == "main" }.count == 1)
        #expect(page.tags.contains { $0.name == "html" && $0.attributes["lang"] == "en" })
    }

    @Test("headings begin with one of the first level and leave out none", arguments: [0, 1, 3])
    func headings(incidents: Int) throws {
        var report = Sample.report("plain words")
        report.incidents = Array(repeating: report.incidents[0], count: incidents)
        let page = Markup(try HTMLReport().render(report))
        let levels = page.tags.compactMap { $0.name.wholeMatch(of: /h([1-6])/).flatMap { Int($0.1) } }
        #expect(levels.first == 1)
        #expect(levels.filter { $0 == 1 }.count == 1)
        #expect(zip(levels, levels.dropFirst()).filter { $1 > $0 + 1 }.isEmpty, "\(levels)")
        #expect(levels.filter { $0 == 2 }.count >= incidents)
    }

    @Test(
        "the policy allows this style sheet and this script, and nothing else", arguments: [PageAsset.style, .script])
    func policy(asset: PageAsset) throws {
        let hash = try Self.sha256(asset.text)
        #expect(asset.hash == "sha256-" + hash, "write this hash into PageAssets.swift for \(asset.name)")
        let page = try Self.page("plain words")
        let policy = try #require(
            page.tags.first { $0.attributes["http-equiv"] == "Content-Security-Policy" }?.attributes["content"])
        #expect(policy.contains("default-src &#39;none&#39;"))
        #expect(policy.contains(asset.hash))
        #expect(!policy.contains("unsafe"))
        #expect(page.page.contains(">" + asset.text + "</"))
        #expect(!asset.text.contains("</") || asset.name == "page.css")
        #expect(page.tags.filter { $0.name == "script" }.count == 1)
        #expect(page.tags.allSatisfy { $0.attributes["style"] == nil })
        let handlers = page.tags.flatMap(\.attributes.keys).filter { $0.hasPrefix("on") || $0 == "src" }
        #expect(handlers == [])
    }

    @Test("templates escape all but the style sheet and the script")
    func templates() throws {
        for (name, bytes) in PageTemplates.sources {
            let text = String(decoding: bytes, as: UTF8.self)
            let raw = text.matches(of: /\{\{\{.*?\}\}\}|\{\{&.*?\}\}|CONTENT_TYPE/).map { String($0.output) }
            #expect(raw.allSatisfy { $0 == "{{{style}}}" || $0 == "{{{script}}}" }, "\(name): \(raw)")
            #expect(!text.contains("://"), "\(name) names an address")
        }
        #expect(throws: HTMLReportError.self) { try PageTemplates().render("nothing", PageValues()) }
    }

    @Test("64 ranks and ten thousand findings make a page under 3 MB, and what is left out is counted")
    func many() throws {
        var incident = Sample.incident("plain words")
        incident.consequences = (0..<10_000).map { index in
            Sample.finding(
                "rule\(index % 7)",
                "Watchdog caught collective operation timeout: " + String(repeating: "x", count: 300),
                line: index * 9 + 1, after: Double(index) / 100, rank: index % 64, source: "rank\(index % 64).log")
        }
        var told = ReportedIncident(incident)
        told.arrangeExcerpts()
        let report = CrashReport(version: "0", createdAt: Sample.start, origin: .logs, incidents: [told])
        let page = Markup(try HTMLReport().render(report))
        #expect(page.page.utf8.count < 3_000_000)
        #expect(page.text.contains("further lines like these left out"))
        #expect(page.tags.filter { $0.attributes["class"]?.hasPrefix("chip ") == true }.count == 64)
        #expect(page.text.contains("more ranks"))
        // Fifty such, as --since may ask for.
        var week = report
        week.incidents = Array(repeating: told, count: 50)
        for index in week.incidents.indices { week.incidents[index].machine = Sample.longContext }
        let long = try HTMLReport().render(week)
        #expect(long.utf8.count < 7_000_000, "\(long.utf8.count)")
        #expect(long.contains("The curves are left out, for the size of this page."))
        #expect(Markup(long).links.filter { $0.hasPrefix("#i50") }.count >= 1)
    }

    @Test("an incident without times, ranks or lines makes a page, as does a report without any incident")
    func bare() throws {
        var incident = Sample.incident("plain words")
        incident.root.time = .unknown
        incident.root.origin = LineOrigin()
        (incident.consequences, incident.confirmations, incident.teardown) = ([], [], [])
        (incident.lastProgress, incident.lastCheckpoint, incident.context, incident.firstSeen) = (nil, nil, nil, nil)
        incident.advice = []
        let report = CrashReport(
            version: "0", createdAt: Sample.start, origin: .ledger, incidents: [ReportedIncident(incident)])
        let page = Markup(try HTMLReport().render(report))
        #expect(page.text.contains("Nothing else that these logs show."))
        #expect(page.text.contains("Secrets were NOT looked for"))
        let empty = Markup(
            try HTMLReport().render(CrashReport(version: "0", createdAt: Sample.start, origin: .ledger)))
        #expect(empty.text.contains("No crash."))
        #expect(empty.tags.filter { $0.name == "h1" }.count == 1)
    }

    @Test(
        "a page's file has a name that is safe, whatever the ledger calls its incident",
        arguments: [
            ("15f976c98f10b863", "15f976c98f10b863.html"), ("../../x", "incident.html"), ("", "incident.html"),
            ("index", "index-2.html"), ("a\"b", "incident.html"), ("con.txt", "incident.html"),
            ("taken", "taken-2.html"), (String(repeating: "a", count: 65), "incident.html"),
        ])
    func fileName(id: String, name: String) {
        #expect(HTMLIndex.fileName(id, among: ["taken.html"]) == name)
    }

    private static func sha256(_ text: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl", "dgst", "-sha256", "-binary"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let digest = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return digest.base64EncodedString()
    }
}

extension PageAsset: CustomTestStringConvertible {
    public var testDescription: String { name }
}
