/// A page of text being written: every line fits the width, and nothing untrusted gets on it unescaped.
struct TextPage {
    let style: TextStyle
    let width: Int
    private(set) var lines: [String] = []

    init(style: TextStyle, width: Int) {
        self.style = style
        self.width = max(40, width)
    }

    /// The page, with a newline at the end.
    var text: String { lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n" }

    /// An empty line, unless the page is empty or has one already.
    mutating func gap() {
        if let last = lines.last, !last.isEmpty { lines.append("") }
    }

    mutating func heading(_ text: String, _ tone: TextStyle.Tone = .heading) {
        gap()
        paragraph([.words(text)], tone: tone)
    }

    /// A wrapped paragraph. The lead (`1. `, `when    `) stands before the first line and indents the rest.
    ///
    /// - Parameter most: The most lines; what is beyond is cut with `…`.
    mutating func paragraph(
        _ pieces: [Piece], indent: Int = 0, lead: String = "", tone: TextStyle.Tone? = nil,
        leadTone: TextStyle.Tone? = nil, most: Int? = nil
    ) {
        let leadWidth = DisplayWidth.of(lead)
        let room = width - indent - leadWidth
        var wrapped = LineWrap.lines(pieces, width: room)
        if let most, wrapped.count > most {
            wrapped = Array(wrapped.prefix(most))
            wrapped[most - 1] = SafeText.cut(wrapped[most - 1] + " …", to: room)
        }
        let margin = String(repeating: " ", count: indent)
        for (index, line) in wrapped.enumerated() {
            let start = index == 0 ? style.paint(lead, leadTone) : String(repeating: " ", count: leadWidth)
            lines.append(margin + start + style.paint(line, tone))
        }
    }

    /// Text from a log: as it is when it fits, else wrapped; cut where it gets one line only.
    mutating func quote(_ text: String, indent: Int, most: Int = 6) {
        let room = width - indent
        var safe = SafeText.line(text, limit: room * (most + 1))
        while safe.last == " " { safe.removeLast() }
        if safe.isEmpty { return }
        if most == 1 || DisplayWidth.of(safe) <= room {
            lines.append(String(repeating: " ", count: indent) + SafeText.cut(safe, to: room))
        } else {
            paragraph([.words(safe)], indent: indent, most: most)
        }
    }

    /// One line, cut when too long: for tables and excerpts, where the columns mean something.
    mutating func row(_ text: String, indent: Int, tone: TextStyle.Tone? = nil) {
        let safe = SafeText.line(text, limit: width - indent)
        lines.append(String(repeating: " ", count: indent) + style.paint(safe, tone))
    }

    /// A command to copy. Broken only where a shell joins the lines again.
    mutating func command(_ command: String, indent: Int) {
        let margin = String(repeating: " ", count: indent)
        for line in command.split(whereSeparator: \.isNewline) {
            for part in ShellLine.broken(SafeText.line(String(line)), width: width - indent) {
                lines.append(margin + style.paint(part, .place))
            }
        }
    }
}
