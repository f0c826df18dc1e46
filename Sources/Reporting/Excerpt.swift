import CrashModel

/// The lines of a block that are worth showing.
enum Excerpt {
    enum Row {
        case line(ExcerptLine)
        /// So many lines of the log are not shown here.
        case left(Int)
    }

    /// The beginning and the end: a traceback is explained by its last lines, a kernel report by its first.
    static func rows(_ lines: [ExcerptLine], most: Int) -> [Row] {
        guard lines.count > 1 else { return [] }
        let head = lines.count <= most ? lines.count : max(1, most / 3)
        let tail = lines.count <= most ? 0 : most - head
        let shown = Array(lines.prefix(head)) + Array(lines.suffix(tail))
        var rows: [Row] = []
        for (index, line) in shown.enumerated() {
            // Line numbers tell what was thinned out, here or when the excerpt was made.
            if index > 0, case let gap = line.line - shown[index - 1].line - 1, gap > 0 { rows.append(.left(gap)) }
            rows.append(.line(line))
        }
        return rows
    }
}
