/// A text with `{captures}` in it.
///
/// What a capture holds comes from a log and is not to be trusted: in a command it is shell-quoted.
public struct CaptureTemplate: Sendable {
    private enum Piece {
        case text(String)
        case capture(String)
    }

    private let pieces: [Piece]

    /// Braces that hold no capture name, as in `${HOME}` or `awk '{print $1}'`, are text.
    public init(_ template: String) {
        var pieces: [Piece] = []
        var text = ""
        var rest = Substring(template)
        while let open = rest.firstIndex(of: "{") {
            let afterOpen = rest.index(after: open)
            guard let close = rest[afterOpen...].firstIndex(of: "}") else { break }
            let name = rest[afterOpen..<close]
            let isName = !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            let isShellVariable = open > rest.startIndex && rest[rest.index(before: open)] == "$"
            if isName, !isShellVariable {
                text += rest[..<open]
                if !text.isEmpty { pieces.append(.text(text)) }
                text = ""
                pieces.append(.capture(String(name)))
            } else {
                text += rest[...close]
            }
            rest = rest[rest.index(after: close)...]
        }
        text += rest
        if !text.isEmpty { pieces.append(.text(text)) }
        self.pieces = pieces
    }

    /// The names of the captures in the template.
    public var names: [String] {
        pieces.compactMap { if case .capture(let name) = $0 { name } else { nil } }
    }

    /// The text with its captures, or `nil` when one of them is missing.
    public func filled(_ captures: [String: String]) -> String? {
        filled(captures) { $0.trimmed(to: 200) }
    }

    /// The text with nothing in the place of a capture that is missing.
    func filledLeavingOut(_ captures: [String: String]) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let part): part
            case .capture(let name): captures[name].map { $0.trimmed(to: 200) } ?? ""
            }
        }.joined()
    }

    /// As it was written.
    var text: String {
        pieces.map { piece in
            switch piece {
            case .text(let part): part
            case .capture(let name): "{\(name)}"
            }
        }.joined()
    }

    /// The text as a shell command, every capture quoted, or `nil` when one of them is missing or would be taken for
    /// an option, which no quoting prevents.
    public func filledForShell(_ captures: [String: String]) -> String? {
        if names.contains(where: { captures[$0]?.hasPrefix("-") ?? false }) { return nil }
        return filled(captures) { ShellWord($0).quoted }
    }

    /// For `exception/{type}`: the last part of a dotted name, and nothing that no category can hold.
    public func categoryText(_ captures: [String: String]) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let part): text += part
            case .capture(let name):
                let value = captures[name] ?? "Exception"
                let last = value.split(separator: ".").last.map(String.init) ?? value
                text += last.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
            }
        }
        return text
    }

    private func filled(_ captures: [String: String], _ shape: (String) -> String) -> String? {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let part): text += part
            case .capture(let name):
                guard let value = captures[name], !value.isEmpty else { return nil }
                text += shape(value)
            }
        }
        return text
    }
}

/// One word of a shell command.
public struct ShellWord: Sendable {
    private let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The word in single quotes, unless it holds nothing that a shell would act on. Control characters are dropped:
    /// they belong into no command that a person is to copy.
    public var quoted: String {
        let plain = text.unicodeScalars.filter {
            !$0.properties.isDefaultIgnorableCodePoint && $0.value >= 0x20 && $0.value != 0x7f
        }
        let word = String(String.UnicodeScalarView(plain))
        let isSafe =
            !word.isEmpty && !word.hasPrefix("-")
            && word.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || "_./:@%+,-".utf8.contains(byte)
            }
        if isSafe { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

extension String {
    /// Shortened to `limit` characters, with an ellipsis when something was cut.
    func trimmed(to limit: Int) -> String {
        count <= limit ? self : prefix(limit - 1) + "…"
    }
}
