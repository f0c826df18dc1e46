import BuiltInRules
import Rules
import TestSupport
import Testing

@testable import Literals

@Suite("The literal search")
struct LiteralSearchTests {
    /// Places by looking at every byte.
    private func plain(_ literals: [[UInt8]], _ text: [UInt8]) -> Set<Int> {
        let folded = text.map(RequiredLiterals.folded)
        return Set(text.indices.filter { start in literals.contains { folded[start...].starts(with: $0) } })
    }

    private func found(_ search: LiteralSearch, _ text: [UInt8]) -> Set<Int> {
        text.withUnsafeBytes { Set(search.places(in: $0)) }
    }

    @Test("it finds a literal of any length wherever it lies, in either case", arguments: 5...24)
    func everyPlace(length: Int) {
        let literal = (0..<length).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        for kernel in LiteralSearch.Kernel.available {
            let search = LiteralSearch([literal], kernel: kernel)
            for before in 0..<40 {
                for after in [0, 1, 2, 3, 31] {
                    let upper = literal.enumerated().map { $0.offset % 2 == 0 ? $0.element & 0xdf : $0.element }
                    let text =
                        [UInt8](repeating: 0xff, count: before) + upper + [UInt8](repeating: 0x0a, count: after)
                    #expect(found(search, text) == [before], "\(kernel) \(before) \(after)")
                }
            }
        }
    }

    @Test("all kernels find what a plain search finds, in random bytes")
    func randomBytes() {
        var random = Seeded(3)
        let alphabet = Array("abAB \u{0}\n_?".utf8) + [0xff, 0x80]
        func some(_ length: ClosedRange<Int>) -> [UInt8] {
            (0..<Int.random(in: length, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
        }
        for _ in 0..<(200 * caseFactor) {
            let literals = (0..<Int.random(in: 1...30, using: &random)).map { _ in
                some(5...9).map(RequiredLiterals.folded)
            }
            let text = some(0...4000)
            let expected = plain(literals, text)
            for kernel in LiteralSearch.Kernel.available {
                let places = found(LiteralSearch(literals, kernel: kernel), text)
                // Where two literals begin at different places of one window, one of them is enough to find the line.
                #expect(places.isSubset(of: expected))
                #expect(expected.isEmpty == places.isEmpty)
                for place in expected {
                    #expect(places.contains { abs($0 - place) < 16 }, "\(kernel)")
                }
            }
        }
    }

    @Test("every example of every quick rule is found by the literals of all rules together")
    func examples() throws {
        let rules = RuleBook.builtIn.rules.filter { !$0.isOfferedCloseUp && $0.isQuick }
        let search = LiteralSearch(rules.compactMap(\.literals).flatMap(\.self))
        for rule in rules {
            for example in rule.examples {
                #expect(search.finds(anyIn: Array(("xy" + example).utf8)), "\(rule.id): \(example)")
            }
        }
        #expect(rules.count > 300)
    }

    @Test("no literals find nothing, and short or empty buffers are no trouble")
    func edges() {
        let nothing = LiteralSearch([])
        #expect(found(nothing, Array("anything at all".utf8)) == [])
        let search = LiteralSearch([Array("killed".utf8)])
        for count in 0..<6 { #expect(found(search, Array("killed".utf8.prefix(count))) == []) }
        #expect(found(search, Array("killed".utf8)) == [0])
    }

    @Test("a buffer of nothing but hits is told to its end")
    func manyHits() {
        let text = [[UInt8]](repeating: Array("killed.".utf8), count: 5000).flatMap(\.self)
        for kernel in LiteralSearch.Kernel.available {
            #expect(found(LiteralSearch([Array("killed".utf8)], kernel: kernel), text).count == 5000)
        }
    }
}

@Suite("Bytes of lines")
struct LineBytesTests {
    private func isSpecial(_ byte: UInt8, _ before: UInt8, _ after: UInt8?) -> Bool {
        if byte < 0x20, ![0x09, 0x0a, 0x0d].contains(byte) { return true }
        if byte == 0x7f { return true }
        if byte == 0xc2, let after, (0x80..<0xa0).contains(after) { return true }
        return byte == UInt8(ascii: "m") && ((0x30...0x3b).contains(before) || before == UInt8(ascii: "["))
    }

    @Test("newlines and special bytes are those that a plain look finds, in any part of a buffer")
    func plainLook() {
        var random = Seeded(5)
        let alphabet = Array("aaaaaaaaaa  09m[;\n\r\t".utf8) + [0xc2, 0xa0, 0x85, 0xc3]
        for round in 0..<(400 * caseFactor) {
            var text = (0..<Int.random(in: 0...700, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0x61
            }
            if round % 3 == 0, !text.isEmpty { text[Int.random(in: 0..<text.count, using: &random)] = 0x1b }
            let start = Int.random(in: 0...text.count, using: &random)
            let end = Int.random(in: start...text.count, using: &random)
            let specials = text.indices.filter { index in
                isSpecial(
                    text[index], index > 0 ? text[index - 1] : 0x0a, index + 1 < text.count ? text[index + 1] : nil)
            }
            text.withUnsafeBytes { bytes in
                #expect(LineBytes.firstSpecial(in: bytes, from: start) == specials.first { $0 >= start })
                for kernel in LiteralSearch.Kernel.available {
                    var hasSpecial = false
                    let newlines = LineBytes.newlines(
                        in: start..<end, of: bytes, hasSpecial: &hasSpecial, kernel: kernel)
                    #expect(newlines == text[start..<end].count { $0 == 0x0a })
                    // It may be too careful, but never miss one.
                    if specials.contains(where: { (start..<end).contains($0) }) { #expect(hasSpecial) }
                }
            }
        }
    }
}
