/// A cell of a table for spreadsheets (RFC 4180).
public enum TableCell {
    /// A text that anybody can have chosen: a spreadsheet would run one that begins like a formula.
    public static func text(_ untrusted: String) -> String {
        var text = SafeText.line(untrusted)
        // Spaces before it do not keep a spreadsheet from seeing a formula.
        if let first = text.first(where: { $0 != " " }), "=+-@|%".contains(first) { text = "'" + text }
        guard text.contains(where: { "\",; ".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
