/// A rule's title: a text with `{captures}`, and with parts in brackets that are left out where a capture is missing.
///
/// `[GPU {gpu}|A GPU] ran out of memory[ asking for {size}]` is filled whatever the log states. Of the alternatives in
/// brackets the first counts that can be filled. Brackets without a capture are text.
public struct TitleTemplate: Sendable {
    private enum Part {
        case always(CaptureTemplate)
        case firstOf([CaptureTemplate])
    }

    private let parts: [Part]

    public init(_ text: String) {
        var parts: [Part] = []
        var plain = ""
        func flush() {
            if !plain.isEmpty { parts.append(.always(CaptureTemplate(plain))) }
            plain = ""
        }
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "[") {
            let inside = rest[rest.index(after: open)...]
            guard let close = inside.firstIndex(of: "]") else { break }
            let alternatives = inside[..<close].split(separator: "|", omittingEmptySubsequences: false)
                .map { CaptureTemplate(String($0)) }
            if alternatives.contains(where: { !$0.names.isEmpty }) {
                plain += rest[..<open]
                flush()
                parts.append(.firstOf(alternatives))
            } else {
                plain += rest[...close]
            }
            rest = rest[rest.index(after: close)...]
        }
        plain += rest
        flush()
        self.parts = parts
    }

    /// Captures that stand outside of brackets: without them the title has a gap.
    public var needed: [String] {
        parts.flatMap { part in
            if case .always(let template) = part { template.names } else { [String]() }
        }
    }

    /// The title of a finding. A capture that is missing though it is needed leaves no trace but its absence.
    public func filled(_ captures: [String: String]) -> String {
        let text = parts.map { part in
            switch part {
            case .always(let template): template.filledLeavingOut(captures)
            case .firstOf(let alternatives): alternatives.lazy.compactMap { $0.filled(captures) }.first ?? ""
            }
        }
        return Self.tidy(text.joined())
    }

    /// What the rule says in general.
    public var general: String { filled([:]) }

    /// With the names of all captures, for who reads rules: `GPU {gpu} ran out of memory asking for {size}`.
    public var outline: String {
        parts.map { part in
            switch part {
            case .always(let template): template.text
            case .firstOf(let alternatives): alternatives.first?.text ?? ""
            }
        }.joined()
    }

    /// Without the marks that stood around what is missing, and with one space between words.
    private static func tidy(_ text: String) -> String {
        var words = text.split(separator: " ", omittingEmptySubsequences: true).filter { $0 != "()" }
        while let last = words.last, last.allSatisfy({ ":,;-".contains($0) }) { words.removeLast() }
        var tidied = words.joined(separator: " ").replacing(" )", with: ")")
        while let last = tidied.last, ":,;".contains(last) { tidied.removeLast() }
        return tidied
    }
}
