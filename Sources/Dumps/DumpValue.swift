/// A plain value of a pickle or of JSON. Tuples are lists here, and keys are text.
enum DumpValue: Equatable, Sendable {
    case none
    case flag(Bool)
    case integer(Int)
    case float(Double)
    case text(String)
    case list([DumpValue])
    case map([String: DumpValue])

    subscript(key: String) -> DumpValue? {
        if case .map(let members) = self { members[key] } else { nil }
    }

    var list: [DumpValue]? {
        if case .list(let items) = self { items } else { nil }
    }

    var map: [String: DumpValue]? {
        if case .map(let members) = self { members } else { nil }
    }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// A whole number, also one written as text: the JSON dump writes `pg_status` so.
    var integer: Int? {
        switch self {
        case .integer(let value): value
        case .text(let digits): Int(digits)
        case .float(let value): Int(exactly: value)
        default: nil
        }
    }

    /// A truth value, also one written as 0 or 1.
    var flag: Bool? {
        switch self {
        case .flag(let value): value
        case .integer(let value): value != 0
        default: nil
        }
    }
}

/// How much a dump may hold. The defaults are several times what PyTorch writes with a ring of 20 000 entries.
struct DumpLimits: Sendable {
    var bytes = 256 << 20
    /// JSON takes more memory for each byte.
    var jsonBytes = 64 << 20
    /// Values written out in the file, also those only referred to.
    var values = 8_000_000
    /// Values when everything shared is counted wherever it appears.
    var expanded = 16_000_000
    /// How deep lists and dictionaries may stand in each other; a flight recorder's go six deep.
    var depth = 64
}
