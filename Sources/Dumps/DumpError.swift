/// Why a file could not be read as a flight recorder dump.
///
/// The message says what happened, where, and what to do. It may quote the file's name, which is not cleaned.
public struct DumpError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file's name, as it was given.
    public let name: String
    public let problem: DumpProblem

    public var description: String { "\(name): \(problem)" }
}

/// What is wrong with a dump's bytes. Offsets count bytes from the start of the file.
public enum DumpProblem: Error, Equatable, Sendable, CustomStringConvertible {
    case empty
    case neitherPickleNorJSON
    /// The file is cut off: its writer was killed, or the disk was full.
    case endsEarly(offset: Int)
    /// An opcode that would call code if Python loaded the file, and that no flight recorder writes.
    case forbidden(opcode: String, offset: Int)
    case unknownOpcode(UInt8, offset: Int)
    case malformed(String, offset: Int)
    /// More than a dump ever holds: a damaged file, or one made to exhaust memory.
    case tooMuch(String, limit: Int)
    /// A list or dictionary that holds itself.
    case cycle
    case badJSON(String)
    /// The file was read, but is no flight recorder dump.
    case notADump(String)

    public var description: String {
        switch self {
        case .empty: "the dump is empty; its process was killed before it wrote"
        case .neitherPickleNorJSON: "neither a pickle (protocol 2 or later) nor JSON; is this a flight recorder dump?"
        case .endsEarly(let offset): "cut off at byte \(offset); copy the file again, or go on without this rank"
        case .forbidden(let opcode, let offset):
            "refused: \(opcode) at byte \(offset) would run code in Python; do not unpickle this file"
        case .unknownOpcode(let byte, let offset):
            "byte \(offset) holds \(byte), which is no pickle opcode that a flight recorder writes"
        case .malformed(let what, let offset): "damaged at byte \(offset): \(what)"
        case .tooMuch(let what, let limit): "refused: more than \(limit) \(what)"
        case .cycle: "refused: a list or dictionary that holds itself"
        case .badJSON(let reason): "bad JSON: \(reason)"
        case .notADump(let reason): "no flight recorder dump: \(reason)"
        }
    }
}
