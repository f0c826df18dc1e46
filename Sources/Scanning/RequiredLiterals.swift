/// Draws from a PCRE2 pattern a set of literals of which every match must contain at least one.
///
/// A small parser of the syntax that rules use. What it does not know makes it give up: the answer is then `nil`, and
/// the pattern has to be tried on every line. Letters are folded to lower case, so that caseless groups need no care;
/// who looks for the literals must fold the lines in the same way.
///
/// Each part of a pattern is known in one of two ways: exactly, as the few strings it can match, or by what it must
/// contain. Neighbouring exact parts multiply, so that `loss[=:]nan` yields `loss=nan` and `loss:nan`. Lookarounds and
/// anchors match nothing by themselves and keep their neighbours adjacent.
struct RequiredLiterals {
    typealias Literal = [UInt8]

    /// Shorter literals say too little.
    static let shortest = 3
    private static let largestSet = 48
    private static let longest = 24

    /// The literals of `pattern`, or `nil` when no such set can be vouched for.
    static func of(_ pattern: String) -> [Literal]? {
        var parser = RequiredLiterals(pattern: Array(pattern.utf8))
        guard let part = parser.alternation(depth: 0), parser.at == parser.pattern.count, !parser.gaveUp else {
            return nil
        }
        return part.best.map { Array(Set($0)).sorted { $0.lexicographicallyPrecedes($1) } }
    }

    private let pattern: [UInt8]
    private var at = 0
    private var gaveUp = false

    private init(pattern: [UInt8]) {
        self.pattern = pattern
    }

    /// What is known of a part of the pattern.
    private struct Part {
        /// All strings that it can match, when they are few.
        var exact: [Literal]?
        /// Strings of which each of its matches contains one.
        var required: [Literal]?

        static let empty = Part(exact: [[]])
        static let anything = Part()

        /// The better of the two, as long as it is long enough to be of use.
        var best: [Literal]? { RequiredLiterals.better(exact, required) }
    }

    // MARK: - Grammar

    private mutating func alternation(depth: Int) -> Part? {
        guard depth < 60 else { return nil }
        var branches: [Part] = []
        repeat {
            guard let branch = sequence(depth: depth) else { return nil }
            branches.append(branch)
        } while take("|")
        guard branches.count > 1 else { return branches.first }
        var whole = Part()
        let exacts = branches.compactMap(\.exact)
        if exacts.count == branches.count {
            let all = exacts.flatMap(\.self)
            if all.count <= Self.largestSet { whole.exact = all }
        }
        let bests = branches.compactMap(\.best)
        if bests.count == branches.count { whole.required = bests.flatMap(\.self) }
        return whole
    }

    private mutating func sequence(depth: Int) -> Part? {
        var exact: [Literal]? = [[]]  // the strings of the exact run that ends here
        var isWhole = true  // whether that run began with the sequence
        var required: [Literal]?
        while at < pattern.count, peek() != "|", peek() != ")" {
            guard let part = quantified(depth: depth) else { return nil }
            if let run = exact, let next = part.exact, let product = Self.product(run, next) {
                exact = product
                continue
            }
            required = Self.better(required, exact)
            required = Self.better(required, part.required)
            isWhole = false
            exact = part.exact ?? [[]]
        }
        required = Self.better(required, exact)
        return Part(exact: isWhole ? exact : nil, required: required)
    }

    private mutating func quantified(depth: Int) -> Part? {
        guard let part = atom(depth: depth) else { return nil }
        guard let (least, most) = quantifier() else { return part }
        _ = take("+") || take("?")  // possessive and lazy forms match no other strings
        if least == 0 {
            guard most == 1, let exact = part.exact, exact.count < Self.largestSet else { return .anything }
            return Part(exact: exact + [[]])
        }
        if least == 1, most == 1 { return part }
        return Part(exact: nil, required: part.best)
    }

    /// `nil` when there is none.
    private mutating func quantifier() -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard peek() == "{" else { return nil }
        var index = at + 1
        func number() -> Int? {
            let start = index
            while index < pattern.count, (0x30...0x39).contains(pattern[index]) { index += 1 }
            return start == index ? nil : Int(String(decoding: pattern[start..<index], as: UTF8.self))
        }
        var least = number()
        var most = least
        if index < pattern.count, pattern[index] == UInt8(ascii: ",") {
            index += 1
            most = number()
            // `{,3}` is a quantifier from PCRE2 10.43 on; taken as one, it claims less.
            if least == nil, most != nil { least = 0 }
        }
        // `{` that begins no quantifier is a literal, which `atom` reads.
        guard index < pattern.count, pattern[index] == UInt8(ascii: "}"), let least else { return nil }
        at = index + 1
        return (least, most)
    }

    private mutating func atom(depth: Int) -> Part? {
        let byte = pattern[at]
        switch Character(UnicodeScalar(byte)) {
        case "(": return group(depth: depth)
        case "[": return characterClass()
        case "\\": return escape()
        case "^", "$":
            at += 1
            return .empty
        case ".":
            at += 1
            return .anything
        case "*", "+", "?": return nil
        default:
            at += 1
            return Part(exact: [[Self.folded(byte)]])
        }
    }

    private mutating func group(depth: Int) -> Part? {
        at += 1
        var isLookaround = false
        if take("*") { return nil }  // verbs
        if take("?") {
            if take(":") || take(">") {
                isLookaround = false
            } else if take("=") || take("!") || take("<=") || take("<!") {
                isLookaround = true
            } else if take("<") || take("P<") || take("'") {
                while at < pattern.count, peek() != ">", peek() != "'" { at += 1 }
                at += 1
            } else if flags() {
                // (?i) holds for the rest of the group; (?i: opens one. Caseless or not is all the same here.
                if take(")") { return .empty }
                guard take(":") else { return nil }
            } else {
                return nil  // conditionals, recursion, comments, callouts
            }
        }
        guard let inner = alternation(depth: depth + 1), take(")") else { return nil }
        return isLookaround ? .empty : inner
    }

    /// Flags that change what a pattern matches in ways that do not matter here: caseless, multi-line, dot-all.
    private mutating func flags() -> Bool {
        let start = at
        while at < pattern.count, "ims-".utf8.contains(pattern[at]) { at += 1 }
        return at > start && (peek() == ")" || peek() == ":")
    }

    private mutating func escape() -> Part? {
        guard at + 1 < pattern.count else { return nil }
        let byte = pattern[at + 1]
        at += 2
        switch Character(UnicodeScalar(byte)) {
        case "b", "B", "A", "z", "Z": return .empty
        case "d", "D", "w", "W", "s", "S", "h", "H", "v", "V", "N": return .anything
        case "n": return Part(exact: [[0x0a]])
        case "r": return Part(exact: [[0x0d]])
        case "t": return Part(exact: [[0x09]])
        case "e": return Part(exact: [[0x1b]])
        case "x":
            guard let value = hexadecimal() else { return nil }
            return Part(exact: [[Self.folded(value)]])
        case let other where other.isLetter || other.isNumber: return nil  // \K, \G, \R, \Q, back references
        default: return Part(exact: [[Self.folded(byte)]])
        }
    }

    private mutating func hexadecimal() -> UInt8? {
        guard at + 1 < pattern.count,
            let value = UInt8(String(decoding: pattern[at...(at + 1)], as: UTF8.self), radix: 16)
        else { return nil }
        at += 2
        return value
    }

    /// A class of few bytes is exact; of others nothing is known but that one byte is there.
    private mutating func characterClass() -> Part? {
        at += 1
        let isNegated = take("^")
        var members: Set<UInt8> = []
        var isOpen = isNegated
        var isFirst = true
        while at < pattern.count, isFirst || peek() != "]" {
            isFirst = false
            if peek() == "[", at + 1 < pattern.count, pattern[at + 1] == UInt8(ascii: ":") {
                while at < pattern.count, !take(":]") { at += 1 }  // [:alpha:]
                isOpen = true
                continue
            }
            guard let member = classMember(&isOpen) else { return nil }
            guard let low = member else { continue }
            if peek() == "-", at + 1 < pattern.count, pattern[at + 1] != UInt8(ascii: "]") {
                at += 1
                guard let end = classMember(&isOpen) else { return nil }
                guard let high = end, low <= high else { return nil }
                if high - low < 8 {
                    members.formUnion((low...high).map(Self.folded))
                } else {
                    isOpen = true
                }
            } else {
                members.insert(Self.folded(low))
            }
        }
        guard take("]") else { return nil }
        guard !isOpen, members.count <= 6 else { return .anything }
        return Part(exact: members.sorted().map { [$0] })
    }

    /// One byte of a class; an inner `nil` for an escape that stands for many.
    private mutating func classMember(_ isOpen: inout Bool) -> UInt8?? {
        guard at < pattern.count else { return .none }
        let byte = pattern[at]
        at += 1
        guard byte == UInt8(ascii: "\\") else { return .some(byte) }
        guard at < pattern.count else { return .none }
        let escaped = pattern[at]
        at += 1
        switch Character(UnicodeScalar(escaped)) {
        case "n": return .some(0x0a)
        case "r": return .some(0x0d)
        case "t": return .some(0x09)
        case "e": return .some(0x1b)
        case "b": return .some(0x08)
        case "x":
            guard let value = hexadecimal() else { return .none }
            return .some(value)
        case let other where other.isLetter || other.isNumber:
            isOpen = true
            return .some(nil)
        default: return .some(escaped)
        }
    }

    // MARK: - Reading

    private func peek() -> Character? { at < pattern.count ? Character(UnicodeScalar(pattern[at])) : nil }

    private mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard at + count <= pattern.count else { return false }
        let matches = text.withUTF8Buffer { wanted in pattern[at..<(at + count)].elementsEqual(wanted) }
        if matches { at += count }
        return matches
    }

    // MARK: - Sets

    static func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }

    private static func product(_ a: [Literal], _ b: [Literal]) -> [Literal]? {
        guard a.count * b.count <= largestSet else { return nil }
        let product = a.flatMap { first in b.map { first + $0 } }
        return product.allSatisfy { $0.count <= longest } ? product : nil
    }

    /// The set whose weakest literal is the stronger; `nil` when neither is of use.
    private static func better(_ a: [Literal]?, _ b: [Literal]?) -> [Literal]? {
        func weakness(_ set: [Literal]?) -> Int? {
            guard let set, !set.isEmpty else { return nil }
            let weakest = set.map { LiteralWindow.rarest(in: $0).rarity }.min() ?? 0
            return set.allSatisfy { $0.count >= shortest } ? weakest * 16 - set.count : nil
        }
        guard let first = weakness(a) else { return weakness(b) == nil ? nil : b }
        guard let second = weakness(b) else { return a }
        return second > first ? b : a
    }
}

/// Three neighbouring bytes of a literal, by which it is looked for.
struct LiteralWindow {
    static let width = 3

    var offset: Int
    /// The more, the rarer in logs.
    var rarity: Int

    /// The window that stands least often in ordinary lines: one common window costs more than all rare ones together.
    static func rarest(in literal: [UInt8]) -> LiteralWindow {
        var best = LiteralWindow(offset: 0, rarity: 0)
        guard literal.count >= width else { return best }
        for offset in 0...(literal.count - width) {
            let rarity = literal[offset..<(offset + width)].reduce(0) { $0 + Self.rarity(of: $1) }
            if rarity > best.rarity { best = LiteralWindow(offset: offset, rarity: rarity) }
        }
        return best
    }

    /// About -2 log2 of how often a byte stands in training and kernel logs, folded to lower case.
    private static func rarity(of byte: UInt8) -> Int {
        switch byte {
        case 0x20, UInt8(ascii: "0"), UInt8(ascii: "e"), UInt8(ascii: "1"), UInt8(ascii: "."): 7
        case 0x30...0x39: 9
        case UInt8(ascii: "t"), UInt8(ascii: "a"), UInt8(ascii: "o"), UInt8(ascii: "r"), UInt8(ascii: "i"),
            UInt8(ascii: "n"), UInt8(ascii: "s"):
            9
        case UInt8(ascii: "l"), UInt8(ascii: "d"), UInt8(ascii: "c"), UInt8(ascii: "p"), UInt8(ascii: "m"),
            UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ","), UInt8(ascii: "_"):
            11
        case UInt8(ascii: "u"), UInt8(ascii: "h"), UInt8(ascii: "g"), UInt8(ascii: "f"), UInt8(ascii: "b"),
            UInt8(ascii: "="), UInt8(ascii: "["), UInt8(ascii: "]"):
            13
        case UInt8(ascii: "y"), UInt8(ascii: "w"), UInt8(ascii: "k"), UInt8(ascii: "v"), UInt8(ascii: "x"): 15
        case 0x61...0x7a, 0x28, 0x29, 0x27, 0x22: 16
        default: 18
        }
    }
}
