/// How people are told of an input and of a line in it. The path stays what it is; standard input, `-`, has a name.
///
/// Programs are told the source itself.
public enum SourceName {
    public static func of(_ source: String) -> String { source == "-" ? "standard input" : source }

    /// `train.log:12`, `standard input:12`
    public static func of(_ source: String, line: Int) -> String { "\(of(source)):\(line)" }
}

extension InputReport {
    /// What is wrong with it, without its name, which stands beside: `no such file or folder`.
    public var reason: String {
        guard var text = problem, !text.isEmpty else { return "it ended early" }
        if text.hasSuffix(": " + source) { text.removeLast(source.count + 2) }
        if text.hasPrefix(source + ": ") { text.removeFirst(source.count + 2) }
        return text.isEmpty ? "it ended early" : text
    }
}
