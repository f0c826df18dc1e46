import Rainbow

/// Whether text carries colour.
public struct TextStyle: Sendable, Hashable {
    private let isColoured: Bool

    /// No escape sequence at all.
    public static let plain = TextStyle(isColoured: false)
    /// ANSI colours of the 16-colour palette.
    public static let coloured = TextStyle(isColoured: true)

    /// What the place that text goes to wants.
    ///
    /// `NO_COLOR` (no-color.org) wins over `CLICOLOR_FORCE`, which wins over what the terminal is.
    ///
    /// - Parameter isTerminal: Whether the output is a terminal.
    public static func detect(isTerminal: Bool, environment: [String: String]) -> TextStyle {
        if let refusal = environment["NO_COLOR"], !refusal.isEmpty { return .plain }
        if let force = environment["CLICOLOR_FORCE"], !force.isEmpty, force != "0" { return .coloured }
        if environment["CLICOLOR"] == "0" || environment["TERM"] == "dumb" { return .plain }
        return isTerminal ? .coloured : .plain
    }

    /// What a piece of text is to the reader.
    enum Tone {
        case alarm, caution, good, heading, place, faint

        fileprivate var codes: [UInt8] {
            switch self {
            case .alarm: NamedColor.red.value + Style.bold.value
            case .caution: NamedColor.yellow.value + Style.bold.value
            case .good: NamedColor.green.value + Style.bold.value
            case .heading: Style.bold.value
            case .place: NamedColor.cyan.value
            case .faint: Style.dim.value
            }
        }
    }

    /// Rainbow's codes, but not its string extensions: those ask global state whether standard output is a terminal.
    func paint(_ text: String, _ tone: Tone?) -> String {
        guard isColoured, let tone, !text.isEmpty else { return text }
        return "\u{1b}[" + tone.codes.map(String.init).joined(separator: ";") + "m" + text + "\u{1b}[0m"
    }
}
