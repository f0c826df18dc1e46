/// Text from a log or a path, made harmless to look at.
///
/// A log can hold anything that a program, or a person who wants to mislead, has written: escape sequences that move
/// the cursor or set the window's title, links that lead elsewhere, marks that turn the reading direction around.
public enum SafeText {
    /// One line that a terminal, a pager or an editor shows as it is.
    ///
    /// Control characters (C0, DEL, C1), line and paragraph separators, direction marks, zero-width and other invisible
    /// characters become visible escapes such as `\x1b`, `\n` or `\u{202e}`; a tab becomes four spaces. What is left
    /// has no line break.
    ///
    /// - Parameter limit: The most columns; a longer line is cut and ends in `…`.
    public static func line(_ untrusted: String, limit: Int? = nil) -> String {
        var safe = ""
        var columns = 0
        var marks = 0
        var last: Unicode.Scalar?
        for scalar in untrusted.unicodeScalars {
            marks = isMark(scalar) ? marks + 1 : 0
            defer { last = scalar }
            if isPicture(scalar, of: last) { continue }
            // A pile of accents on one letter paints over the lines above and below.
            if let escape = escape(scalar) ?? (marks > mostMarks ? code(scalar) : nil) {
                safe += escape
                columns += escape.unicodeScalars.count
            } else {
                safe.unicodeScalars.append(scalar)
                columns += DisplayWidth.of(scalar)
            }
            if let limit, columns > limit { return cut(safe, to: limit) }
        }
        return safe
    }

    /// Cuts an already safe text to so many columns, the ellipsis included.
    static func cut(_ safe: String, to limit: Int) -> String {
        guard DisplayWidth.of(safe) > limit else { return safe }
        var kept = ""
        var columns = 0
        for scalar in safe.unicodeScalars {
            columns += DisplayWidth.of(scalar)
            if columns > limit - 1 { break }
            kept.unicodeScalars.append(scalar)
        }
        return limit > 0 ? kept + "…" : ""
    }

    /// More accents than any living script puts on one letter.
    private static let mostMarks = 4

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value > 0x2ff else { return false }
        let category = scalar.properties.generalCategory
        return category == .nonspacingMark || category == .enclosingMark
    }

    /// Whether a character is shown as it is.
    package static func isShown(_ scalar: Unicode.Scalar) -> Bool { escape(scalar) == nil }

    /// Whether a character only chooses the picture of the emoji before it, as in ⚠️: it is left out, and nothing is
    /// lost with it.
    package static func isPicture(_ scalar: Unicode.Scalar, of last: Unicode.Scalar?) -> Bool {
        guard scalar == "\u{fe0f}", let last else { return false }
        return !last.isASCII && last.properties.isEmoji
    }

    /// What stands in for a character that is not shown; nil for one that is.
    static func escape(_ scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x20...0x7e: return nil
        case 0x09: return "    "
        case 0x0a: return "\\n"
        case 0x0d: return "\\r"
        case 0x00...0x1f, 0x7f...0x9f: return "\\x" + hex(scalar.value, digits: 2)
        default: return isInvisible(scalar) ? code(scalar) : nil
        }
    }

    /// Whether a character takes no ink or turns the direction: it can hide in a line, or hide the line.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
        default:
            // Hangul fillers, variation selectors and their like.
            return scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isNoncharacterCodePoint
        }
    }

    private static func code(_ scalar: Unicode.Scalar) -> String { "\\u{" + hex(scalar.value, digits: 1) + "}" }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
