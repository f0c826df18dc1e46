/// Draws from a PCRE2 pattern a set of literals of which every match must contain at least one.
///
/// A small parser of the syntax that rules use. What it does not know makes it give up: the answer is then `nil`, and
/// the pattern has to be tried on every line. Letters are folded to lower case, so that caseless groups need no care;
/// who looks for the literals must fold the lines in the same way.
///
/// Each part of a pattern is known exactly, as the few strings it can match, or by what it must contain, begin and end
/// with. Neighbouring exact parts multiply, so that `loss[=:]nan` yields `loss=nan` and `loss:nan`; of `exit +code` the
/// blank joins what stands before it and what stands behind. Lookarounds and anchors match nothing by themselves and
/// keep their neighbours adjacent.
public struct RequiredLiterals {
    public typealias Literal = [UInt8]

    /// Shorter literals say too little.
    public static let shortest = 3
    private static let largestSet = 192
    private static let longest = 64

    /// The literals of `pattern`, or `nil` when no such set can be vouched for.
    public static func of(_ pattern: String) -> [Literal]? {
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
        /// Strings of which each of its matches begins with one; the empty one when nothing is known.
        var leading: [Literal] = [[]]
        /// Strings of which each of its matches ends with one.
        var trailing: [Literal] = [[]]

        static let empty = Part(exact: [[]])
        static let anything = Part()

        /// How it begins and how it ends, as far as that is known.
        var beginning: [Literal] { exact ?? leading }
        var ending: [Literal] { exact ?? trailing }

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
        if exacts.count == branches.count { whole.exact = Self.union(exacts) }
        let bests = branches.compactMap(\.best)
        if bests.count == branches.count { whole.required = bests.flatMap(\.self) }
        whole.leading = Self.union(branches.map(\.beginning)) ?? [[]]
        whole.trailing = Self.union(branches.map(\.ending)) ?? [[]]
        return whole
    }

    private mutating func sequence(depth: Int) -> Part? {
        var run: [Literal] = [[]]  // the strings that the match holds up to here, back to the last gap
        var leading: [Literal]?  // the first run, once there was a gap
        var required: [Literal]?
        while at < pattern.count, peek() != "|", peek() != ")" {
            guard let part = quantified(depth: depth) else { return nil }
            if let next = part.exact, let product = Self.product(run, next) {
                run = product
                continue
            }
            let closed = Self.product(run, part.beginning) ?? run
            required = Self.better(required, closed)
            required = Self.better(required, part.required)
            leading = leading ?? closed
            run = part.ending
        }
        required = Self.better(required, run)
        return Part(exact: leading == nil ? run : nil, required: required, leading: leading ?? run, trailing: run)
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
        return Part(exact: nil, required: part.best, leading: part.beginning, trailing: part.ending)
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
        case "d", "D", "w", "W", "S", "h", "H", "v", "V", "N": return .anything
        // A line holds no other white space: it ends at newlines and carriage returns, and is cleaned of the rest.
        case "s": return Part(exact: [[0x20], [0x09]])
        case "1"..."9":
            // A back reference repeats something. Of two digits or more it may be an octal code.
            if let next = peek(), next.isNumber { return nil }
            return .anything
        case "k":
            guard take("<") || take("'") || take("{") else { return nil }
            while at < pattern.count, !">'}".contains(Character(UnicodeScalar(pattern[at]))) { at += 1 }
            at += 1
            return .anything
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
                if high - low < 10 {
                    members.formUnion((low...high).map(Self.folded))
                } else {
                    isOpen = true
                }
            } else {
                members.insert(Self.folded(low))
            }
        }
        guard take("]") else { return nil }
        guard !isOpen, members.count <= 10 else { return .anything }
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

    public static func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }

    private static func union(_ sets: [[Literal]]) -> [Literal]? {
        let all = Set(sets.flatMap(\.self))
        return all.count <= largestSet ? all.sorted { $0.lexicographicallyPrecedes($1) } : nil
    }

    private static func product(_ a: [Literal], _ b: [Literal]) -> [Literal]? {
        guard a.count * b.count <= largestSet else { return nil }
        let product = Set(a.flatMap { first in b.map { first + $0 } }).sorted { $0.lexicographicallyPrecedes($1) }
        return product.allSatisfy { $0.count <= longest } ? product : nil
    }

    /// The set that costs less to look for; `nil` when neither is of use. A set with a literal that is too short for the
    /// filter counts only where there is no other.
    private static func better(_ a: [Literal]?, _ b: [Literal]?) -> [Literal]? {
        // In whole numbers, so that the order of a set does not change the sum.
        func cost(_ set: [Literal]?) -> Int? {
            guard let set, !set.isEmpty, set.allSatisfy({ $0.count >= shortest }) else { return nil }
            return Set(set).reduce(0) { $0 + Int(LiteralWindow.cost($1) * 1e9) }
        }
        guard let first = cost(a) else { return cost(b) == nil ? nil : b }
        guard let second = cost(b) else { return a }
        return second < first ? b : a
    }
}
