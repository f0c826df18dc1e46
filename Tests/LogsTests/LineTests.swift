import CrashModel
import Foundation
import Testing

@testable import Logs

struct LineTests {
    @Test(
        "Lines end at newlines, carriage returns and cursor movements; empty ones are dropped and counted",
        arguments: [
            ("a\nb\n", ["1 a", "2 b"]), ("a\nb", ["1 a", "2 b"]), ("a\r\nb\r\n", ["1 a", "2 b"]), ("", []),
            ("\n\na", ["3 a"]), (" 10%|#\r 20%|##\rTraceback\nx", ["1  10%|#", "1  20%|##", "1 Traceback", "2 x"]),
            ("1/2\u{8}\u{8}\u{8}2/2\n", ["1 1/2", "1 2/2"]), ("bar\u{1b}[2KError\n", ["1 bar", "1 Error"]),
            ("bar\u{1b}[AError", ["1 bar", "1 Error"]), ("\r\r\n\r", []),
        ])
    func splitting(_ text: String, _ expected: [String]) {
        #expect(read(text).lines.map { "\($0.number) \($0.whole)" } == expected)
    }

    @Test(
        "Escape sequences and control bytes go, text stays",
        arguments: [
            ("\u{1b}[31mError\u{1b}[0m: x", "Error: x"), ("\u{1b}]0;title\u{7}x", "x"),
            ("\u{1b}]8;;http://a\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"), ("[34mbash[0m", "bash"),
            ("[38;5;10m8", "8"), ("^[[1;31mred^[[0m", "red"), ("#033[31mred", "red"), ("\\x1b[31mred\\x1b[0m", "red"),
            ("a\u{0}b\u{7}c", "abc"), ("rate[5m] [3] x[1ms", "rate[5m] [3] x[1ms"), ("a\tb", "a\tb"),
            ("a\u{1b}[3Cb", "a b"), ("\u{1b}]never ends", "never ends"), ("x\u{1b}", "x"), ("x\u{1b}[", "x"),
            ("\u{9b}31mred", "red"), ("[1min]", "[1min]"), ("Größe 模型", "Größe 模型"), ("\u{1b}(Bx", "x"),
        ])
    func cleaning(_ text: String, _ expected: String) {
        #expect(read(text).lines.map(\.whole) == [expected])
    }

    @Test("Invalid UTF-8 is kept as it is")
    func invalid() {
        #expect(read([0x61, 0xff, 0xfe, 0x62, 0xc2]).lines[0].text == [0x61, 0xff, 0xfe, 0x62, 0xc2])
    }

    @Test("What torchrun's tee glued together is taken apart")
    func glued() {
        let text =
            "[default0]:Epoch 0:  66%|## | 2/3 [00:02<00:02,  1.0s/it][default1]:Traceback (most recent call last):"
        let lines = read(text).lines
        #expect(
            lines.map(\.words) == [
                "Epoch 0:  66%|## | 2/3 [00:02<00:02,  1.0s/it]", "Traceback (most recent call last):",
            ])
        #expect(lines.map(\.origin.rank) == [0, 1])
        #expect(lines.map(\.number) == [1, 1])
    }

    @Test(
        "Other glued writers too, and nothing that only resembles them",
        arguments: [
            ("9%|# [1.0s/it]W1121 04:02:59.426000 684 torch/x.py:1] y", 2), ("50%|#|[rank1]: Traceback", 2),
            ("loss 3[1,2]<stderr>:x", 2), ("df[col1]: x", 1), ("see [rank1]: x", 1), ("a [INFO]: b", 1),
            ("args [key1]: b", 1), ("[rank0]:[E1218 20:27:21.4 P.cpp:2] [PG Rank 0] x", 1),
        ])
    func glue(_ text: String, _ count: Int) {
        #expect(read(text).lines.count == count)
    }

    @Test("A newline that syslog wrote as #012 ends a line")
    func joined() {
        let lines = read("Jan 09 18:55:45 w1 systemd-coredump[9]: dumped core.#012#012Stack trace:#012#0  0x1").lines
        #expect(lines.map(\.words) == ["systemd-coredump[9]: dumped core.", "Stack trace:", "#0  0x1"])
        #expect(lines.allSatisfy { $0.origin.host == "w1" && $0.stated != nil && $0.number == 1 })
        #expect(read("issue #012 x").lines.count == 1)
    }

    @Test("A huge line is cut, said so, and the next line is read")
    func huge() {
        let (lines, summary) = read(String(repeating: "x", count: 5_000_000) + "\nError: y\n", limit: 1000)
        #expect(lines.map(\.text.count) == [1000, 8])
        #expect(lines.map(\.truncated) == [true, false])
        #expect(lines[1].number == 2)
        #expect(lines[1].offset == 5_000_001)
        #expect(!summary.complete)
        #expect(summary.problem?.contains("longer than 1000 bytes") == true)
        #expect(summary.bytes == 5_000_010)
    }

    @Test("A long progress bar costs nothing: the limit is per segment")
    func longBar() {
        let (lines, summary) = read(String(repeating: "10%|#\r", count: 20_000) + "Error\n", limit: 1000)
        #expect(lines.last?.whole == "Error")
        #expect(summary.complete)
        #expect(summary.lines == 1)
    }

    @Test("Line numbers and offsets hold across chunk borders")
    func chunks() {
        let text = (1...30_000).map { "line \($0)\r\n" }.joined()
        let (lines, summary) = read(text)
        #expect(lines.count == 30_000)
        #expect(lines.allSatisfy { $0.whole == "line \($0.number)" })
        #expect(summary.lines == 30_000)
        let bytes = Array(text.utf8)
        #expect(lines.allSatisfy { bytes[$0.offset] == UInt8(ascii: "l") })
    }

    @Test("UTF-16 with a byte-order mark is read, across chunk borders")
    func utf16() {
        let text = String(repeating: "Größe 😀\r\n", count: 14_000) + "Error"
        for bigEndian in [false, true] {
            var bytes: [UInt8] = bigEndian ? [0xfe, 0xff] : [0xff, 0xfe]
            for unit in text.utf16 {
                bytes += bigEndian ? [UInt8(unit >> 8), UInt8(unit & 255)] : [UInt8(unit & 255), UInt8(unit >> 8)]
            }
            let lines = read(bytes).lines
            #expect(lines.count == 14_001)
            #expect(lines[13_999].whole == "Größe 😀")
            #expect(lines.last?.whole == "Error")
        }
    }

    @Test("The input's own origin fills what the line leaves open")
    func fallback() {
        let lines = read("x\n[rank5]: y", origin: LineOrigin(host: "n1", rank: 2)).lines
        #expect(lines.map(\.origin.rank) == [2, 5])
        #expect(lines.map(\.origin.host) == ["n1", "n1"])
    }

    @Test("Bytes of every kind are survived")
    func noise() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let bytes = (0..<400).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = read(bytes)
            let alphabet = Array("[]()<>{}:,.;0123456789 \"\\nEWrank-=|#\n\r\u{1b}mTZ+".utf8)
            _ = read((0..<400).map { _ in alphabet.randomElement(using: &random) ?? 0 })
        }
    }
}
