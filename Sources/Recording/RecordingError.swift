import Foundation

/// Why a recording could not be read at all. Damage inside it is a ``RecordingProblem``, and the rest is read.
///
/// The description names the file as it was given; whoever prints it escapes it, as with every path.
public struct RecordingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong. Open, so that a new kind breaks nobody.
    public struct Kind: Hashable, Sendable {
        let name: String

        /// There is no such folder.
        public static let missing = Kind(name: "missing")
        /// The folder or all that is in it cannot be read.
        public static let unreadable = Kind(name: "unreadable")
    }

    public let kind: Kind
    public let path: String
    public let description: String

    static func missing(_ path: String) -> RecordingError {
        RecordingError(
            kind: .missing, path: path,
            description: "there is no recording in \(path). Start one with 'faultline record', or name another folder "
                + "with --store DIR.")
    }

    static func unreadable(_ path: String, _ code: Int32) -> RecordingError {
        let right =
            code == EACCES || code == EPERM
            ? "Read it as the user who records, or as root" : "Name another folder with --store DIR"
        return RecordingError(
            kind: .unreadable, path: path,
            description: "cannot read the recording in \(path): \(String(cString: strerror(code))). \(right).")
    }
}

/// Something in a recording that was passed over.
public struct RecordingProblem: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// Lines that are no JSON, or not of a recording.
        case damaged
        /// Lines of more than 1 MiB.
        case tooLong
        /// A last line without its end: it is being written, or what wrote it was cut off.
        case unfinished
        /// Marks and schemas that this version does not know.
        case foreign
        /// A file that cannot be read, or not to its end.
        case unreadable
    }

    public var kind: Kind
    /// The file, and the first line of it; nil where it is the file as a whole.
    public var source: String
    public var line: Int?
    /// How many lines.
    public var count: Int
    /// What the system said.
    public var reason: String?

    public init(_ kind: Kind, source: String, line: Int? = nil, count: Int = 1, reason: String? = nil) {
        self.kind = kind
        self.source = source
        self.line = line
        self.count = count
        self.reason = reason
    }

    public var description: String {
        let place = line.map { "\(source):\($0)" } ?? source
        let lines = count == 1 ? "1 line" : "\(count) lines"
        let many = count == 1 ? "is" : "are"
        let first = count == 1 ? "" : " the first at"
        switch kind {
        case .damaged: return "\(lines) \(many) damaged and passed over,\(first) \(place)"
        case .tooLong: return "\(lines) of more than 1 MiB \(many) passed over,\(first) \(place)"
        case .unfinished: return "the last line is not finished, \(place)"
        case .foreign: return "\(lines) of a kind unknown to this version \(many) passed over,\(first) \(place)"
        case .unreadable: return "\(place): \(reason ?? "it cannot be read"); what stands before that is used"
        }
    }
}
