import PCRE
import Testing

@Suite("Patterns")
struct PatternTests {
    @Test("named groups are reported by name, also when one took no part")
    func namedGroups() throws {
        let pattern = try Pattern(#"Xid \((?:PCI:)?(?<pci>[0-9a-f:]+)\): (?<number>\d+)(?:, pid=(?<pid>\d+))?"#)
        var matcher = Matcher()
        let line = Array("NVRM: Xid (PCI:0000:3b:00): 79, GPU has fallen off the bus.".utf8)
        let captures = try #require(try matcher.captures(of: pattern, in: line))
        #expect(captures == ["pci": "0000:3b:00", "number": "79"])
    }

    @Test(
        "a broken pattern is refused with the offset at which it breaks",
        arguments: [
            ("a(b", 3), ("[z-a]", 3), ("(?<n>a)(?<n>b)", 12), ("(*UTF)a", 6), ("a{2,1}", 5),
        ])
    func brokenPattern(source: String, offset: Int) {
        let error = #expect(throws: PatternError.self) { try Pattern(source) }
        #expect(error?.offset == offset)
        #expect(error?.description.contains(source) == true)
        #expect(error?.reason.isEmpty == false)
    }

    @Test("bytes that are no UTF-8 neither stop a match nor get lost around it")
    func invalidUTF8() throws {
        let pattern = try Pattern("out of memory: (?<what>.+) killed")
        var matcher = Matcher()
        let line: [UInt8] =
            [0xff, 0xfe] + Array("out of memory: p".utf8) + [0xc3] + Array(" killed".utf8) + [0x00, 0x80]
        let match = try #require(try matcher.firstMatch(of: pattern, in: line))
        #expect(match.range == 2..<(line.count - 2))
        #expect(pattern.captures(of: match, in: line)["what"] == "p\u{fffd}")
    }

    @Test("an empty subject can match and can fail to")
    func emptySubject() throws {
        var matcher = Matcher()
        #expect(try matcher.firstMatch(of: Pattern("^$"), in: [])?.range == 0..<0)
        #expect(try matcher.firstMatch(of: Pattern("a"), in: []) == nil)
    }

    @Test(
        "a pattern that would run away is stopped, and says so instead of 'no match'",
        arguments: [
            "(a+)+$", "(?:a|aa)+$", "(?:a*)*[^a!]",
        ])
    func runaway(source: String) throws {
        let pattern = try Pattern(source)
        var matcher = Matcher()
        let line = [UInt8](repeating: UInt8(ascii: "a"), count: 4000) + [UInt8(ascii: "!")]
        let error = #expect(throws: MatchError.self) { try matcher.firstMatch(of: pattern, in: line) }
        #expect(error?.kind == .tooManyBacktracks)
        #expect(error?.description.contains(source) == true)
    }

    @Test("deep recursion ends in an error or an answer, never in a crash")
    func deepRecursion() throws {
        let pattern = try Pattern(#"\((?:[^()]|(?R))*\)"#)
        var matcher = Matcher()
        let depth = 200_000
        let line = [UInt8](repeating: UInt8(ascii: "("), count: depth)
        do {
            let match = try matcher.firstMatch(of: pattern, in: line)
            #expect(match == nil)
        } catch {
            #expect(error.kind.code < -1)
        }
    }

    @Test("limits can be set tighter")
    func tighterLimits() throws {
        let pattern = try Pattern("(?:a|b|ab)*[^ab]")
        let line = Array(String(repeating: "ab", count: 200).utf8)
        var strict = Matcher(limits: MatchLimits(backtracks: 100, depth: 100, heapKibibytes: 64))
        #expect(throws: MatchError.self) { try strict.firstMatch(of: pattern, in: line) }
    }

    @Test("a pattern that was given up too often is not tried any more, and others still are")
    func abandoned() throws {
        let source = "(a+)+$"
        let pattern = try Pattern(source)
        var matcher = Matcher()
        let line = Array((String(repeating: "a", count: 40) + "!").utf8)
        for _ in 0..<Matcher.patience {
            let error = #expect(throws: MatchError.self) { try matcher.firstMatch(of: pattern, in: line) }
            #expect(error?.kind == .tooManyBacktracks)
        }
        let error = #expect(throws: MatchError.self) { try matcher.firstMatch(of: pattern, in: Array("aaa".utf8)) }
        #expect(error?.kind == .abandoned)
        #expect(matcher.givenUp == [source: Matcher.patience])
        #expect(try matcher.firstMatch(of: Pattern("b"), in: Array("abc".utf8)) != nil)
    }

    @Test("threads may share a pattern, each with its own matcher")
    func sharedAcrossThreads() async throws {
        let pattern = try Pattern(#"step (?<step>\d+)"#)
        let found = await withTaskGroup(of: Bool.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var matcher = Matcher()
                    return (0..<500).allSatisfy { number in
                        let line = Array("worker \(worker) step \(number)".utf8)
                        return (try? matcher.captures(of: pattern, in: line))??["step"] == String(number)
                    }
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(found)
    }
}
