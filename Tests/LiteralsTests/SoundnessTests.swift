import BuiltInRules
import PCRE
import Rules
import TestSupport
import Testing

@testable import Literals

@Suite("Soundness of literals")
struct SoundnessTests {
    /// Every built-in pattern by which a line is looked for, once.
    private var patterns: [String] {
        let book = RuleBook.builtIn
        return Set(book.rules.flatMap(\.telling) + book.landmarks.flatMap(\.match)).sorted()
    }

    @Test("whatever string is made from a built-in pattern and matches it holds one of its literals")
    func madeStrings() throws {
        var matcher = Matcher()
        var reached = 0
        var matches = 0
        for (number, source) in patterns.enumerated() {
            guard let literals = RequiredLiterals.of(source) else { continue }
            let pattern = try Pattern(source)
            var hasMatched = false
            for round in 0..<(8 * caseFactor) {
                guard let text = PatternSample.string(for: source, UInt64(number * 1000 + round)) else { break }
                guard try matcher.firstMatch(of: pattern, in: text) != nil else { continue }
                hasMatched = true
                matches += 1
                let folded = text.map(RequiredLiterals.folded)
                #expect(
                    literals.contains { folded.holds($0) },
                    "\(source) matches \(String(decoding: text, as: UTF8.self))")
            }
            if hasMatched { reached += 1 }
        }
        #expect(reached > patterns.count * 9 / 10, "only \(reached) of \(patterns.count) patterns were reached")
        #expect(matches > patterns.count * 4)
    }

    @Test("patterns made at random claim no literal that a match may lack")
    func madePatterns() {
        var random = Seeded(11)
        var matcher = Matcher()
        var claims = 0
        for round in 0..<(3000 * caseFactor) {
            let source = RandomPattern.make(&random)
            guard let pattern = try? Pattern(source), let literals = RequiredLiterals.of(source) else { continue }
            claims += 1
            for seed in 0..<6 {
                // A pattern made at random may run into the limits, which says nothing about its literals.
                guard let text = PatternSample.string(for: source, UInt64(round * 10 + seed)),
                    (try? matcher.firstMatch(of: pattern, in: text)) ?? nil != nil
                else { continue }
                let folded = text.map(RequiredLiterals.folded)
                #expect(
                    literals.contains { folded.holds($0) },
                    "\(source) matches \(String(decoding: text, as: UTF8.self))")
            }
        }
        #expect(claims > 500)
    }
}

/// Small patterns of letters, classes, groups and quantifiers.
enum RandomPattern {
    static func make(_ random: inout Seeded) -> String { alternation(&random, depth: 0) }

    private static func alternation(_ random: inout Seeded, depth: Int) -> String {
        (0..<Int.random(in: 1...(depth == 0 ? 2 : 3), using: &random))
            .map { _ in sequence(&random, depth: depth) }.joined(separator: "|")
    }

    private static func sequence(_ random: inout Seeded, depth: Int) -> String {
        (0..<Int.random(in: 1...5, using: &random)).map { _ in
            let quantifiers = ["", "", "", "", "?", "*", "+", "{2}", "{1,3}", "{0,2}", "+?", "{,2}"]
            return atom(&random, depth: depth) + (quantifiers.randomElement(using: &random) ?? "")
        }.joined()
    }

    private static func atom(_ random: inout Seeded, depth: Int) -> String {
        let words = ["error", "ab", "Xid", "c", " ", ":", "GPU ", "out of", "_", "7"]
        let pieces = [#"\d"#, #"\s"#, #"\w"#, "[ab]", "[^a]", "[0-9a-f]", ".", #"\("#, #"\x41"#, #"\b"#, "^", "(?=e)"]
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5: return words.randomElement(using: &random) ?? "x"
        case 5..<8: return pieces.randomElement(using: &random) ?? "x"
        default:
            guard depth < 3 else { return "end" }
            let open = ["(?:", "(", "(?i:", "(?<name\(random.next() % 1000)>"].randomElement(using: &random) ?? "("
            return open + alternation(&random, depth: depth + 1) + ")"
        }
    }
}

extension [UInt8] {
    func holds(_ literal: [UInt8]) -> Bool {
        guard literal.count <= count else { return false }
        return (0...(count - literal.count)).contains { self[$0...].starts(with: literal) }
    }
}
