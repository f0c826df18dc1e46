import Testing

@testable import Reporting

@Suite("Text inside Markdown")
struct MarkdownTextTests {
    @Test(
        "a bar parts no cells, in code and outside",
        arguments: [
            ("`a|b.log`", #"`a\|b.log`"#), (#"a\|b"#, "a&#124;b"), (#"`a\|b`"#, "`a&#124;b`"),
            (#"`a\\|b`"#, #"`a\\\|b`"#), ("||", #"\|\|"#), ("plain", "plain"),
        ])
    func cell(markdown: String, cell: String) {
        #expect(MarkdownText.cell(markdown) == cell)
        // As a renderer parts them: a bar behind an odd number of backslashes is text.
        var bars = 0
        var escaped = false
        for character in MarkdownText.cell(markdown) {
            if character == "|", !escaped { bars += 1 }
            escaped = character == "\\" && !escaped
        }
        #expect(bars == 0)
    }

    @Test(
        "mentions, issues, links and commits become code, times do not",
        arguments: [
            ("@user", true), ("#12", true), ("https://x.example", true), (":tada:", true), (":100:", true),
            ("b0ffcce0", true), ("gh-12", true), ("10:22:31", false), ("10:22:31,", false), ("plain", false),
        ])
    func references(word: String, isCode: Bool) {
        #expect(MarkdownText.prose(word).hasPrefix("`") == isCode)
    }
}
