import CrashModel

/// A part of a paragraph.
enum Piece {
    /// Words; one that is wider than the page is cut with `…`.
    case words(String)
    /// A file and line that a person will open: never cut, but broken after a slash where it must be.
    case place(String)

    static func place(_ source: String, _ line: Int) -> Piece { .place(Place.of(source, line)) }
}

/// How a file and line are written.
package enum Place {
    package static func of(_ source: String, _ line: Int) -> String {
        SourceName.of(source, line: line)
    }
}

/// Breaks paragraphs into lines of a width in columns.
enum LineWrap {
    /// - Parameters:
    ///   - pieces: Untrusted; made safe here.
    ///   - width: The most columns of a line.
    static func lines(_ pieces: [Piece], width: Int) -> [String] {
        var lines: [String] = []
        var current = ""
        func flush() {
            if !current.isEmpty { lines.append(current) }
            current = ""
        }
        for piece in pieces {
            for token in tokens(piece) {
                if !current.isEmpty, DisplayWidth.of(current) + 1 + DisplayWidth.of(token) <= width {
                    current += " " + token
                    continue
                }
                flush()
                if DisplayWidth.of(token) <= width {
                    current = token
                } else if case .place = piece {
                    lines += broken(token, width: width)
                } else {
                    current = SafeText.cut(token, to: width)
                }
            }
        }
        flush()
        return lines
    }

    /// Whatever is longer is no sentence, but a log line that got into a title.
    private static let mostColumns = 2000

    /// What Linux takes as a path, with its line number; a longer source is not a file.
    private static let longestPath = 4096 + 20

    private static func tokens(_ piece: Piece) -> [String] {
        switch piece {
        case .words(let text): SafeText.line(text, limit: mostColumns).split(separator: " ").map(String.init)
        case .place(let text): [SafeText.line(text, limit: longestPath)]
        }
    }

    /// Breaks after slashes, and anywhere in a name that is wider than the page.
    private static func broken(_ place: String, width: Int) -> [String] {
        var lines: [String] = []
        var current = ""
        var columns = 0
        // The part of the line up to its last slash.
        var keep = 0
        for character in place {
            let wide = DisplayWidth.of(String(character))
            if columns + wide > width, !current.isEmpty {
                let cut = keep > 0 ? keep : current.count
                lines.append(String(current.prefix(cut)))
                current = String(current.dropFirst(cut))
                columns = DisplayWidth.of(current)
                keep = 0
            }
            current.append(character)
            columns += wide
            if character == "/" { keep = current.count }
        }
        return current.isEmpty ? lines : lines + [current]
    }
}
