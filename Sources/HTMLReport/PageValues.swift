import Foundation
import Reporting

/// What one template is filled with.
///
/// Every text goes through ``text(_:_:limit:)``, whether a log wrote it or this program: there is no other way in but
/// for numbers, flags, further values and what stands in this program's source.
struct PageValues {
    /// As the template library takes them.
    private(set) var fields: [String: Any] = [:]

    /// A text that may be hostile. Of nil nothing is set, so that a section of that name is left out.
    ///
    /// - Parameter limit: The most columns of it.
    mutating func text(_ key: String, _ untrusted: String?, limit: Int? = 2000) {
        guard let untrusted else { return }
        fields[key] = VisibleText.of(untrusted, limit: limit)
    }

    mutating func number(_ key: String, _ number: Int) { fields[key] = String(number) }

    /// A share of the whole as a percentage of an SVG's attribute: `12.34%`.
    mutating func percent(_ key: String, _ share: Double) { fields[key] = Coordinate.percent(share) }

    mutating func flag(_ key: String, _ flag: Bool) { if flag { fields[key] = true } }

    /// A section that is repeated; an empty one is left out.
    mutating func list(_ key: String, _ list: [PageValues]) {
        if !list.isEmpty { fields[key] = list.map(\.fields) }
    }

    mutating func texts(_ key: String, _ texts: [String], limit: Int? = 2000) {
        list(key, texts.map { text in PageValues { $0.text("text", text, limit: limit) } })
    }

    mutating func values(_ key: String, _ values: PageValues?) {
        if let values { fields[key] = values.fields }
    }

    /// A style sheet or a script: what is put into the page as it is.
    mutating func asset(_ key: String, _ asset: PageAsset) { fields[key] = asset.text }

    init() {}

    init(_ fill: (inout PageValues) -> Void) { fill(&self) }
}

/// Text as a page shows it: what takes no ink or turns the direction is written out, like `‹U+202E›`.
enum VisibleText {
    static func of(_ untrusted: String, limit: Int? = nil) -> String {
        var safe = SafeText.line(untrusted, limit: limit)
        // SafeText writes `\u{202e}`, which a log may hold as text, too; here the two can be told apart.
        if untrusted.unicodeScalars.contains(where: { !isPlain($0) }) {
            safe = SafeText.line(
                String(String.UnicodeScalarView(visible(untrusted.unicodeScalars))), limit: limit)
        }
        return unglued(safe)
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool { (0x20...0x7e).contains(scalar.value) }

    /// The characters, or what stands for those that are not shown.
    private static func visible(_ scalars: String.UnicodeScalarView) -> [Unicode.Scalar] {
        var last: Unicode.Scalar?
        return scalars.flatMap { scalar -> [Unicode.Scalar] in
            defer { last = scalar }
            if SafeText.isPicture(scalar, of: last) { return [] }
            if scalar == "\t" || SafeText.isShown(scalar) { return [scalar] }
            return Array("‹\(name(scalar))›".unicodeScalars)
        }
    }

    private static func name(_ scalar: Unicode.Scalar) -> String {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
    }

    /// The template library escapes characters, and to Swift a quote with an accent on it is one character, which is
    /// none of those that it knows. So nothing may be glued to what HTML gives a meaning.
    private static func unglued(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { !isPlain($0) }) else { return text }
        var result = ""
        for character in text {
            let scalars = character.unicodeScalars
            if scalars.count > 1, scalars.contains(where: special.contains) {
                for scalar in scalars {
                    result += isPlain(scalar) ? String(scalar) : "‹\(name(scalar))›"
                }
            } else {
                result.append(character)
            }
        }
        return result
    }

    private static let special: Set<Unicode.Scalar> = ["<", ">", "&", "\"", "'"]
}

/// Numbers as attributes of SVG take them.
enum Coordinate {
    /// `12.34`, never an exponent, never infinite.
    static func of(_ number: Double) -> String {
        guard number.isFinite else { return "0" }
        let hundredths = Int((min(max(number, -1e6), 1e6) * 100).rounded())
        let magnitude = hundredths.magnitude
        var text = String(magnitude / 100)
        if magnitude % 100 != 0 {
            text += magnitude % 100 < 10 ? ".0\(magnitude % 100)" : ".\(magnitude % 100)"
        }
        return (hundredths < 0 ? "-" : "") + text
    }

    static func percent(_ share: Double) -> String { of(share * 100) + "%" }
}
