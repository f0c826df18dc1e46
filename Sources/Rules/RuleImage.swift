public import CrashModel

/// A rule book as one run of bytes, which a program reads in a millisecond where YAML would take a tenth of a second.
///
/// Fields follow one another in a fixed order, each ended by the unit separator U+001F. The image is written at build
/// time by the very code that reads it back, so it carries no version and is no format for anyone else.
public enum RuleImage {
    static let separator: UInt8 = 0x1f

    public static func encode(_ book: RuleBook) -> [UInt8] {
        encode(book, with: ImageWriter())
    }

    /// What the rules say without where they stand, so that a comment in a pack does not make it another version.
    public static func version(of book: RuleBook) -> RulesVersion {
        var hash = StableHash()
        hash.combine(String(decoding: encode(book, with: ImageWriter(isForReading: false)), as: UTF8.self))
        return RulesVersion(
            hash: String(hash.hex.prefix(8)), count: book.rules.count, own: book.rules.count { !$0.isBuiltIn })
    }

    private static func encode(_ book: RuleBook, with writer: ImageWriter) -> [UInt8] {
        var writer = writer
        writer.put(book.rules.count)
        for rule in book.rules { writer.put(rule) }
        writer.put(book.landmarks.count)
        for rule in book.landmarks { writer.put(rule) }
        writer.put(book.causality.laws.count)
        for law in book.causality.laws {
            writer.put(law.cause)
            writer.put(law.explains)
            writer.put(law.except)
        }
        writer.put(book.causality.tiers.count)
        for tier in book.causality.tiers { writer.put(tier) }
        writer.put(book.causality.lostRank)
        writer.put(book.causality.testimonies.count)
        for testimony in book.causality.testimonies {
            writer.put(testimony.observation)
            writer.put(testimony.supports)
            writer.put(testimony.weakens)
        }
        return writer.bytes
    }

    /// `nil` when the bytes are no image.
    public static func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> RuleBook? {
        var reader = ImageReader(bytes)
        let rules = (0..<reader.int()).map { _ in reader.rule() }
        let landmarks = (0..<reader.int()).map { _ in reader.landmark() }
        let laws = (0..<reader.int()).map { _ in
            Causality.Law(cause: reader.text(), explains: reader.texts(), except: reader.texts())
        }
        let tiers = (0..<reader.int()).map { _ in reader.texts() }
        let lostRank = reader.texts()
        let testimonies = (0..<reader.int()).map { _ in
            Causality.Testimony(observation: reader.text(), supports: reader.texts(), weakens: reader.texts())
        }
        guard reader.isSound, reader.isAtEnd else { return nil }
        return RuleBook(
            rules: rules, landmarks: landmarks,
            causality: Causality(laws: laws, tiers: tiers, lostRank: lostRank, testimonies: testimonies))
    }
}

private struct ImageWriter {
    var bytes: [UInt8] = []
    /// Whether an image is written. Otherwise only its hash is wanted, and a user's rules may hold what they like.
    var isForReading = true

    mutating func put(_ text: String) {
        precondition(
            !isForReading || !text.utf8.contains(RuleImage.separator), "a rule holds the control character U+001F")
        bytes += text.utf8
        bytes.append(RuleImage.separator)
    }

    mutating func put(_ number: Int) { put(String(number)) }
    mutating func put(_ flag: Bool) { put(flag ? 1 : 0) }

    mutating func put(_ texts: [String]) {
        put(texts.count)
        for text in texts { put(text) }
    }

    mutating func put(_ text: String?) { put(text.map { [$0] } ?? []) }

    mutating func put(_ literals: [[UInt8]]?) {
        guard let literals else { return put(-1) }
        put(literals.count)
        // A literal may be cut inside a character, so it is no text: bytes beyond ASCII are written as %XX.
        for literal in literals {
            put(
                literal.map { byte in
                    let isPlain = (0x20..<0x7f).contains(byte) && byte != UInt8(ascii: "%")
                    if isPlain { return String(UnicodeScalar(byte)) }
                    let digits = String(byte, radix: 16)
                    return "%" + (digits.count == 1 ? "0" : "") + digits
                }.joined())
        }
    }

    mutating func put(_ place: RuleLocation) {
        guard isForReading else { return }
        put(place.file)
        put(place.line)
        put(place.column)
    }

    mutating func put(_ rule: Rule) {
        put(rule.id)
        put(rule.title)
        put(rule.category)
        put(rule.severity.rawValue)
        put(rule.reads.map(\.rawValue).sorted())
        switch rule.shape {
        case .line(let match):
            put("line")
            put(match)
        case .inferred(let inference):
            put("inferred")
            put(inference.rawValue)
        case .recorded(let kinds):
            put("recorded")
            put(kinds)
        case .block(let block):
            put("block")
            put(block)
        }
        put(rule.unless)
        put(rule.role.rawValue)
        put(rule.explains)
        put(rule.verdict.rawValue)
        put(rule.priority)
        put(rule.recoveredBy)
        put(rule.sampled)
        put(rule.advice.count)
        for advice in rule.advice {
            put(advice.action)
            put(advice.reason)
            put(advice.command)
        }
        put(rule.references)
        put(rule.examples)
        put(rule.counterexamples)
        put(rule.pack)
        put(rule.location)
        put(rule.literals)
    }

    private mutating func put(_ block: BlockShape) {
        put(block.begin)
        put(block.until)
        put(block.continues)
        put(block.code)
        put(block.contains)
        put(block.excludes)
        put(block.captures)
        put(block.limit)
        put(block.anchor.rawValue)
    }

    mutating func put(_ rule: LandmarkRule) {
        put(rule.id)
        put(rule.kind.rawValue)
        put(rule.match)
        put(rule.unless)
        put(rule.examples)
        put(rule.counterexamples)
        put(rule.weight)
        put(rule.location)
        put(rule.literals)
    }
}

private struct ImageReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0
    private(set) var isSound = true

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { at == bytes.count }

    private mutating func field() -> UnsafeBufferPointer<UInt8>.SubSequence {
        let start = at
        while at < bytes.count, bytes[at] != RuleImage.separator { at += 1 }
        guard at < bytes.count else {
            isSound = false
            return bytes[start..<start]
        }
        at += 1
        return bytes[start..<(at - 1)]
    }

    mutating func text() -> String { String(decoding: field(), as: UTF8.self) }

    mutating func int() -> Int {
        var value = 0
        var isNegative = false
        for byte in field() {
            if byte == UInt8(ascii: "-") {
                isNegative = true
            } else if (0x30...0x39).contains(byte), value < 1 << 40 {
                value = value * 10 + Int(byte - 0x30)
            } else {
                isSound = false
            }
        }
        return isNegative ? -value : value
    }

    mutating func flag() -> Bool { int() == 1 }

    /// A number of things to come. None when it cannot be: each takes at least a byte.
    private mutating func count() -> Int {
        let count = int()
        guard isSound, count >= 0, count <= bytes.count - at else {
            isSound = false
            return 0
        }
        return count
    }

    mutating func texts() -> [String] { (0..<count()).map { _ in text() } }

    mutating func optional() -> String? { texts().first }

    mutating func word<T: RawRepresentable>(_ fallback: T) -> T where T.RawValue == String {
        guard let value = T(rawValue: text()) else {
            isSound = false
            return fallback
        }
        return value
    }

    mutating func literals() -> [[UInt8]]? {
        let start = at
        if int() == -1 { return nil }
        at = start
        return (0..<count()).map { _ in literal() }
    }

    private mutating func literal() -> [UInt8] {
        let field = field()
        guard field.contains(UInt8(ascii: "%")) else { return Array(field) }
        var literal: [UInt8] = []
        var index = field.startIndex
        while index < field.endIndex {
            if field[index] == UInt8(ascii: "%"), index + 2 < field.endIndex,
                let byte = UInt8(String(decoding: field[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                literal.append(byte)
                index += 3
            } else {
                literal.append(field[index])
                index += 1
            }
        }
        return literal
    }

    mutating func place() -> RuleLocation { RuleLocation(file: text(), line: int(), column: int()) }

    mutating func rule() -> Rule {
        var rule = Rule(
            id: text(), title: text(), category: text(), severity: word(.error),
            reads: Set(texts().compactMap(LogKind.init(rawValue:))), shape: shape(), unless: texts(),
            role: word(.root), explains: texts(), verdict: word(.nothing), priority: int(), recoveredBy: texts(),
            sampled: flag(), advice: (0..<count()).map { _ in advice() }, references: texts(), examples: texts(),
            counterexamples: texts(), pack: text(), location: place())
        rule.literals = literals()
        return rule
    }

    private mutating func advice() -> Advice { Advice(action: text(), reason: text(), command: optional()) }

    private mutating func shape() -> Rule.Shape {
        switch text() {
        case "line": return .line(texts())
        case "inferred": return .inferred(word(.silence))
        case "recorded": return .recorded(texts())
        case "block":
            return .block(
                BlockShape(
                    begin: text(), until: optional(), continues: optional(), code: optional(), contains: texts(),
                    excludes: texts(), captures: texts(), limit: int(), anchor: word(.begin)))
        default:
            isSound = false
            return .line([])
        }
    }

    mutating func landmark() -> LandmarkRule {
        var rule = LandmarkRule(
            id: text(), kind: word(.progress), match: texts(), unless: texts(), examples: texts(),
            counterexamples: texts(), weight: int(), location: place())
        rule.literals = literals()
        return rule
    }
}
