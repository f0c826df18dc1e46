/// Text that fits a terminal of 80 columns.
enum Layout {
    static let width = 80

    /// Cells beside one another; a negative width pads on the right.
    static func columns(_ cells: [(text: String, width: Int)]) -> String {
        cells.map { cell in
            let blanks = String(repeating: " ", count: max(abs(cell.width) - cell.text.count, 0))
            return cell.width < 0 ? cell.text + blanks : blanks + cell.text
        }.joined()
    }

    /// Breaks at blanks, with the further lines indented; a word that is too long stays whole.
    static func wrapped(_ text: String, indent: Int = 0, hanging: Int = 4) -> String {
        var lines: [String] = []
        var line = String(repeating: " ", count: indent)
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = String(repeating: " ", count: indent + hanging)
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return (lines + [line]).joined(separator: "\n")
    }

    static func percent(_ number: Double) -> String {
        // Never rounded up: 99.96 % is not all.
        let tenths = Int((number * 10).rounded(.down))
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// A share as a line of a list.
    static func line(_ words: String, _ share: Share) -> String {
        columns([
            ("  " + words, -31), ("\(share.right) of \(share.of)", 12), (percent(share.percent), 10),
        ])
    }
}
