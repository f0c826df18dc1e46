import BuiltInRules
import PCRE
import Rules
import Testing

@testable import Literals

@Suite("Required literals")
struct RequiredLiteralsTests {
    private func literals(_ pattern: String) -> [String]? {
        RequiredLiterals.of(pattern)?.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "they are drawn from what every match must contain",
        arguments: [
            (
                "GPU has fallen off the bus",
                ["gpu has fallen off the b", "us"].prefix(0) + ["gpu has fallen off the bus"]
            ),
            (#"Xid \((?:PCI:)?(?<pci>[0-9a-f:.]+)\): 79\b"#, ["xid (", "xid (pci:"]),
            (#"loss[=:]\s*(?:nan|inf)"#, ["loss:", "loss="]),
            ("(?i)Killed|OOM-kill", ["killed", "oom-kill"]),
            (#"^(?=foo)error\s+\d+"#, ["error ", "error\t"]),
            (#"(?:exit|return) +code"#, [" code"]),
            (#"(a)\1bcdef"#, ["bcdef"]),
            ("colou?r", ["color", "colour"]),
            (#"a{2}bcd"#, ["abcd"]),
            (#"\x41BC[de]"#, ["abcd", "abce"]),
            ("x?yz abc", ["xyz abc", "yz abc"]),
            ("(?:one|two|three) \\d+", ["one ", "three ", "two "]),
        ])
    func drawn(pattern: String, expected: [String]) throws {
        let found = try #require(literals(pattern))
        if expected.count == 1, expected[0].count > 24 {
            #expect(found.allSatisfy { expected[0].contains($0) })
        } else {
            #expect(found == expected.sorted())
        }
    }

    @Test(
        "nothing is claimed where nothing is certain",
        arguments: [
            #"\d+:\d+"#, "ab", "(?:error)?", "error|", #"(a)\12bcdef"#, #"foo\Kbar"#, "(?(1)abc|def)", "(?R)abc",
            "(?x)a b c d",
            "[a-z]{4}", "a|bcdef", "(?:abcd)*", #"\Qabcd\E"#, "(*COMMIT)abcd", "", ".*", "(unclosed", "abcd)",
        ])
    func uncertain(pattern: String) {
        #expect(literals(pattern) == nil)
    }

    @Test("whatever a built-in pattern matches, in any example of any rule, holds one of its literals")
    func sound() throws {
        let book = try RuleBook()
        let texts = book.rules.flatMap { $0.examples + $0.counterexamples }
        let lines = texts.flatMap { $0.utf8.split(separator: 0x0a).map(Array.init) }
        let patterns = Set(
            book.rules.flatMap { rule -> [String] in
                switch rule.shape {
                case .line(let match): match
                case .block(let block): [block.begin]
                case .inferred, .recorded: []
                }
            } + book.landmarks.flatMap(\.match))
        let folded = lines.map { $0.map(RequiredLiterals.folded) }
        var matcher = Matcher()
        var matches = 0
        for source in patterns {
            guard let literals = RequiredLiterals.of(source) else { continue }
            let pattern = try Pattern(source)
            for (line, folded) in zip(lines, folded) {
                guard (try? matcher.firstMatch(of: pattern, in: line)) ?? nil != nil else { continue }
                matches += 1
                let holdsOne = literals.contains { literal in
                    folded.indices.contains { folded[$0...].starts(with: literal) }
                }
                #expect(holdsOne, "\(source) on \(String(decoding: line, as: UTF8.self))")
            }
        }
        #expect(matches > patterns.count / 2)
    }
}

@Suite("The literal filter")
struct LiteralFilterTests {
    @Test(
        "it names the owners whose literals stand in the line, wherever and in whichever case",
        arguments: [
            ("killed", [0]), ("Process KILLED", [0]), ("xxkilledxx", [0]), ("oom and killed", [0, 1]), ("kille", []),
            ("", []), ("oo", []), ("OOM", [1]), ("the end oom", [1]),
        ])
    func naming(line: String, owners: [Int]) {
        let filter = LiteralFilter([[Array("killed".utf8)], [Array("oom".utf8), Array("memory".utf8)], nil])
        var scratch = LiteralFilter.Scratch()
        #expect(filter.candidates(in: Array(line.utf8), &scratch) == owners + [2])
    }

    @Test("random lines give what a plain search gives")
    func plainSearch() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("abcAB \u{0}".utf8)
        func random(_ length: ClosedRange<Int>) -> [UInt8] {
            (0..<Int.random(in: length, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
        }
        let literals = (0..<40).map { _ in random(3...6).map(RequiredLiterals.folded) }
        let filter = LiteralFilter(literals.map { [$0] })
        var scratch = LiteralFilter.Scratch()
        for _ in 0..<2000 {
            let line = random(0...30)
            let folded = line.map(RequiredLiterals.folded)
            let expected = literals.indices.filter { owner in
                folded.indices.contains { folded[$0...].starts(with: literals[owner]) }
            }
            #expect(filter.candidates(in: line, &scratch) == expected)
        }
    }
}
