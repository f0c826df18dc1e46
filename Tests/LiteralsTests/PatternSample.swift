import TestSupport

/// Makes strings that a PCRE2 pattern may match, by walking through it and choosing at random.
///
/// It knows the syntax that rules use, and nothing of what lookarounds and boundaries ask for; whoever uses it keeps the
/// strings that PCRE2 says do match.
struct PatternSample {
    private let pattern: [Character]
    private var at = 0
    private var random: Seeded
    private var isCaseless = false

    /// A string, or `nil` when the pattern has syntax that is not known here.
    static func string(for pattern: String, _ seed: UInt64) -> [UInt8]? {
        var sample = PatternSample(pattern: Array(pattern), random: Seeded(seed))
        guard let text = sample.alternation(), sample.at == sample.pattern.count else { return nil }
        return text
    }

    private init(pattern: [Character], random: Seeded) {
        self.pattern = pattern
        self.random = random
    }

    private func peek(_ text: String) -> Bool { pattern[at...].starts(with: text) }

    private mutating func take(_ text: String) -> Bool {
        guard peek(text) else { return false }
        at += text.count
        return true
    }

    /// All branches are walked through, and one is chosen.
    private mutating func alternation() -> [UInt8]? {
        let outer = isCaseless
        defer { isCaseless = outer }
        var branches: [[UInt8]] = []
        repeat {
            var branch: [UInt8] = []
            while at < pattern.count, !peek("|"), !peek(")") {
                guard let piece = quantified() else { return nil }
                branch += piece
            }
            branches.append(branch)
        } while take("|")
        return branches.randomElement(using: &random)
    }

    private mutating func quantified() -> [UInt8]? {
        let start = at
        guard var piece = atom() else { return nil }
        let end = at
        guard let (least, most) = quantifier() else { return piece }
        let after = at
        let count = Int.random(in: least...max(least, min(most, least + 3)), using: &random)
        if count == 0 { return [] }
        for _ in 1..<max(count, 1) {
            at = start
            guard let more = atom(), at == end else { return nil }
            piece += more
        }
        at = after
        return piece
    }

    private mutating func quantifier() -> (Int, Int)? {
        var bounds: (Int, Int)?
        if take("*") {
            bounds = (0, 6)
        } else if take("+") {
            bounds = (1, 6)
        } else if take("?") {
            bounds = (0, 1)
        } else if peek("{"), let close = pattern[at...].firstIndex(of: "}") {
            let parts = String(pattern[(at + 1)..<close]).split(separator: ",", omittingEmptySubsequences: false)
            if let least = parts.first.flatMap({ Int($0) }) {
                let most = parts.count == 1 ? least : Int(parts[1]) ?? least + 4
                bounds = (least, most)
                at = close + 1
            }
        }
        if bounds != nil { _ = take("+") || take("?") }
        return bounds
    }

    private mutating func atom() -> [UInt8]? {
        switch pattern[at] {
        case "(": return group()
        case "[": return characterClass()
        case "\\": return escape()
        case "^", "$":
            at += 1
            return []
        case ".":
            at += 1
            return [Array("aZ3 .:x-/".utf8).randomElement(using: &random) ?? 0x61]
        case "*", "+", "?": return nil
        default:
            defer { at += 1 }
            return inAnyCase(Array(String(pattern[at]).utf8))
        }
    }

    private mutating func inAnyCase(_ bytes: [UInt8]) -> [UInt8] {
        guard isCaseless, Bool.random(using: &random), let byte = bytes.first, bytes.count == 1 else { return bytes }
        let isLetter = (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        return isLetter ? [byte ^ 0x20] : bytes
    }

    private mutating func group() -> [UInt8]? {
        at += 1
        var isLookaround = false
        if take("?") {
            if take("=") || take("!") || take("<=") || take("<!") {
                isLookaround = true
            } else if take("<") || take("P<") || take("'") {
                while at < pattern.count, !peek(">"), !peek("'") { at += 1 }
                at += 1
            } else if take("i)") {
                isCaseless = true
                return []
            } else if take("i:") {
                let outer = isCaseless
                isCaseless = true
                defer { isCaseless = outer }
                guard let inner = alternation(), take(")") else { return nil }
                return inner
            } else if !take(":"), !take(">") {
                return nil
            }
        } else if peek("*") {
            return nil
        }
        guard let inner = alternation(), take(")") else { return nil }
        return isLookaround ? [] : inner
    }

    private mutating func escape() -> [UInt8]? {
        guard at + 1 < pattern.count else { return nil }
        let letter = pattern[at + 1]
        at += 2
        switch letter {
        case "b", "B", "A", "z", "Z": return []
        case "x":
            guard at + 1 < pattern.count, let byte = UInt8(String(pattern[at...(at + 1)]), radix: 16) else {
                return nil
            }
            at += 2
            return [byte]
        case "n", "r", "e", "K", "G", "R", "Q", "k": return nil
        default: return one(of: letter).map { [$0] }
        }
    }

    /// One byte of an escape that stands for a set, or of itself. Lines hold no white space but blanks and tabs.
    private mutating func one(of letter: Character) -> UInt8? {
        func any(_ text: String) -> UInt8? { Array(text.utf8).randomElement(using: &random) }
        switch letter {
        case "d": return any("0123456789")
        case "w": return any("abzAZ09_")
        case "s", "h": return any("  \t")
        case "S", "D": return any("aZ:/-._")
        case "W": return any(" :/-.")
        case "t": return 0x09
        case _ where letter.isLetter || letter.isNumber: return nil
        default: return letter.asciiValue
        }
    }

    private mutating func characterClass() -> [UInt8]? {
        at += 1
        let isNegated = take("^")
        var members: Set<UInt8> = []
        var isFirst = true
        while at < pattern.count, isFirst || !peek("]") {
            isFirst = false
            if peek("[:") { return nil }
            guard let low = member() else { return nil }
            if peek("-"), at + 1 < pattern.count, pattern[at + 1] != "]" {
                at += 1
                guard let high = member(), low <= high else { return nil }
                members.formUnion(low...high)
            } else {
                members.insert(low)
            }
        }
        guard take("]") else { return nil }
        let choices = isNegated ? Array("aZ5 .:_-\"'/(".utf8).filter { !members.contains($0) } : members.sorted()
        return choices.randomElement(using: &random).map { [$0] }
    }

    private mutating func member() -> UInt8? {
        let letter = pattern[at]
        at += 1
        guard letter == "\\" else { return letter.asciiValue }
        let escaped = pattern[at]
        at += 1
        return one(of: escaped)
    }
}
