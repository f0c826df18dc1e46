import BuiltInRules
import CrashModel
import Foundation
import Logs
import Rules
import Testing

@testable import Scanning

@Suite("Titles of findings")
struct ExampleTitleTests {
    @Test("each example of each rule fills its title and some of its advice")
    func examples() throws {
        let book = RuleBook.builtIn
        let scanner = LiteralScanner(try CompiledRules(book), timeZone: .gmt)
        var withPlaces = 0
        for rule in book.rules
        where rule.title.contains("{") || rule.advice.contains(where: { $0.action.contains("{") }) {
            for example in rule.examples {
                let scan = scanner.scan(LogInput(source: "example", location: .memory(Array(example.utf8))))
                for finding in scan.findings.map(\.finding) where finding.rule == rule.id {
                    withPlaces += 1
                    let missing = TitleTemplate(rule.title).needed.filter { finding.captures[$0]?.isEmpty ?? true }
                    #expect(missing == [], "\(rule.id): \(finding.title)")
                    #expect(!finding.title.contains("  ") && !finding.title.contains("{"), "\(finding.title)")
                    let told = rule.advice.filter {
                        CaptureTemplate($0.action).filled(finding.captures) != nil
                            && CaptureTemplate($0.reason).filled(finding.captures) != nil
                    }
                    #expect(rule.advice.isEmpty || !told.isEmpty, "\(rule.id) says nothing to do about: \(example)")
                }
            }
        }
        #expect(withPlaces > 300)
    }

    @Test(
        "a message with odd text has a title without a gap",
        arguments: [
            ("torch.OutOfMemoryError: CUDA out of memory.", "A GPU ran out of memory"),
            (
                "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU \u{feff}? has a total of ?",
                "A GPU ran out of memory asking for 2.00 GiB"
            ),
            (
                "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 3 has a total capacity of 79.25 GiB of which 1.10 GiB is free.",
                "GPU 3 ran out of memory asking for 2.00 GiB"
            ),
            ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate lots", "A GPU ran out of memory"),
            (
                "Memory access fault by GPU (Agent handle: 0x55)",
                "A kernel on an AMD GPU touched memory that is not there"
            ),
        ])
    func odd(line: String, title: String) throws {
        let scanner = LiteralScanner(try CompiledRules(RuleBook.builtIn), timeZone: .gmt)
        let scan = scanner.scan(LogInput(source: "x", location: .memory(Array(line.utf8))))
        #expect(scan.findings.map(\.finding.title).contains(title), "\(scan.findings.map(\.finding.title))")
    }
}
