import Foundation
import Testing

@testable import Reporting

@Suite struct SafeTextTests {
    @Test(
        "What could drive or deceive a terminal becomes visible",
        arguments: [
            ("\u{1b}[31mred\u{1b}[0m", #"\x1b[31mred\x1b[0m"#),
            ("\u{1b}]8;;https://evil\u{7}here\u{1b}]8;;\u{7}", #"\x1b]8;;https://evil\x07here\x1b]8;;\x07"#),
            ("\u{9b}31m", #"\x9b31m"#),
            ("a\r\nb", #"a\r\nb"#),
            ("a\u{0}b\u{7f}\u{8}", #"a\x00b\x7f\x08"#),
            ("a\tb", "a    b"),
            ("user\u{202e}gpj.exe", #"user\u{202e}gpj.exe"#),
            ("\u{2066}x\u{2069}\u{200e}\u{200f}", #"\u{2066}x\u{2069}\u{200e}\u{200f}"#),
            ("a\u{200b}b\u{feff}c\u{ad}", #"a\u{200b}b\u{feff}c\u{ad}"#),
            ("a\u{2028}b\u{2029}c\u{85}", #"a\u{2028}b\u{2029}c\x85"#),
            ("\u{e0041}\u{3164}\u{fe0f}", #"\u{e0041}\u{3164}\u{fe0f}"#),
            // The sign that makes a picture of an emoji hides nothing; alone, doubled or behind a letter it may.
            ("\u{26a0}\u{fe0f} low", "\u{26a0} low"), ("1\u{fe0f}", #"1\u{fe0f}"#),
            ("\u{26a0}\u{fe0f}\u{fe0f}", "\u{26a0}" + #"\u{fe0f}"#),
            ("e\u{301}", "e\u{301}"),
            ("Größe 显存不足 🔥 \u{fffd}", "Größe 显存不足 🔥 \u{fffd}"),
        ])
    func escapes(text: String, safe: String) {
        // Scalar by scalar: Swift's own == takes canonically equal text as equal.
        #expect(Array(SafeText.line(text).unicodeScalars) == Array(safe.unicodeScalars))
    }

    @Test("No scalar of the control and format blocks gets through")
    func sweep() {
        for value in Array(0...0x2fff) + Array(0xfe00...0xffff) + Array(0xe0000...0xe01ff) {
            guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
            for left in SafeText.line(String(scalar)).unicodeScalars {
                #expect(
                    ![.control, .format, .lineSeparator, .paragraphSeparator].contains(left.properties.generalCategory))
            }
        }
    }

    @Test("A pile of accents does not paint over other lines")
    func zalgo() {
        let safe = SafeText.line("a" + String(repeating: "\u{301}", count: 50))
        #expect(safe.unicodeScalars.filter { $0.value == 0x301 }.count == 4)
    }

    @Test(
        "A limit counts columns and includes the ellipsis",
        arguments: [
            ("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("显存不足", 6, "显存…"), ("显存不足", 5, "显存…"),
            ("\u{1b}\u{1b}", 6, #"\x1b\…"#), ("abc", 1, "…"), ("abc", 0, ""), ("", 0, ""),
        ])
    func limit(text: String, limit: Int, safe: String) {
        #expect(SafeText.line(text, limit: limit) == safe)
        #expect(DisplayWidth.of(SafeText.line(text, limit: limit)) <= limit)
    }
}

@Suite struct LineWrapTests {
    @Test("Words wrap, a long word is cut, a place is broken after slashes and never cut")
    func wrap() {
        let path = "/very/long/" + String(repeating: "x", count: 30) + "/file.log:12"
        let lines = LineWrap.lines(
            [.words("one two three four " + String(repeating: "y", count: 30)), .place(path)], width: 20)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 20 })
        #expect(lines[0] == "one two three four")
        #expect(lines[1] == String(repeating: "y", count: 19) + "…")
        #expect(lines[2...].joined() == path)
        #expect(lines[2] == "/very/long/" && lines.last == "file.log:12")
    }

    @Test("Wide characters count double, and a width of one ends all the same")
    func wide() {
        #expect(LineWrap.lines([.words("显存 不足")], width: 6) == ["显存", "不足"])
        #expect(LineWrap.lines([.place("显存/a")], width: 1).joined() == "显存/a")
    }
}

@Suite struct ShellLineTests {
    @Test(
        "A command breaks only where a shell joins it again",
        arguments: [
            ("echo one two three", ["echo one \\", "  two three"]),
            ("echo 'one two three'", ["echo \\", "  'one two three'"]),
            ("echo one # two three four", ["echo one # two three four"]),
            ("echo 'never closed and long", ["echo 'never closed and long"]),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]),
            (#"echo one\ two three"#, [#"echo \"#, #"  one\ two \"#, "  three"]),
            ("short", ["short"]),
        ])
    func breaks(command: String, lines: [String]) {
        #expect(ShellLine.broken(command, width: 13) == lines)
    }
}

@Suite struct TextStyleTests {
    @Test(
        "Colour is for terminals, unless the environment says otherwise",
        arguments: [
            (true, [:], TextStyle.coloured), (false, [:], .plain), (true, ["NO_COLOR": "1"], .plain),
            (true, ["NO_COLOR": ""], .coloured), (false, ["CLICOLOR_FORCE": "1"], .coloured),
            (false, ["CLICOLOR_FORCE": "0"], .plain), (true, ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], .plain),
            (true, ["TERM": "dumb"], .plain), (true, ["TERM": "xterm"], .coloured), (true, ["CLICOLOR": "0"], .plain),
        ] as [(Bool, [String: String], TextStyle)])
    func detect(isTerminal: Bool, environment: [String: String], style: TextStyle) {
        #expect(TextStyle.detect(isTerminal: isTerminal, environment: environment) == style)
    }

    @Test("Colour is all that colour adds")
    func onlyColour() throws {
        let report = Sample.report([Sample.gpuMemory, Sample.hostMemory, Sample.retried], incomplete: true)
        let plain = TextReport(style: .plain, timeZone: .gmt, now: Sample.now).render(report)
        let coloured = TextReport(style: .coloured, timeZone: .gmt, now: Sample.now).render(report)
        #expect(!plain.contains("\u{1b}"))
        #expect(coloured.contains("\u{1b}[31;1mChange something"))
        #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
    }
}
