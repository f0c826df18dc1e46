import CrashModel
public import Foundation

/// A line of the ledger that is no record, and why. Its text is not repeated: it may be anything.
public struct DamagedLine: Sendable, Hashable {
    public enum Kind: String, Sendable {
        /// Not whole JSON: a write was cut short, or a disk lost a block.
        case torn
        /// Whole JSON that is not what its checksum was made of.
        case altered
        /// JSON, but not Faultline's.
        case foreign
        /// Faultline's, but a field is missing or senseless.
        case malformed
    }

    /// 1-based.
    public var line: Int
    public var kind: Kind
    public var reason: String

    public init(line: Int, kind: Kind, reason: String) {
        self.line = line
        self.kind = kind
        self.reason = reason
    }
}

/// A record of a type or version that this Faultline does not know; kept as it stands.
public struct OpaqueRecord: Sendable, Hashable {
    /// 1-based.
    public var line: Int
    public var schema: String
    public var record: String
    public var json: Data
}

/// Says what a line is. Keeps its memory from line to line.
struct LineJudge {
    /// What one line of the file turned out to be.
    enum Nature {
        case empty
        case incident
        case resolution
        case opaque(schema: String, record: String)
        case damaged(DamagedLine.Kind, reason: String)
    }

    /// Of the line that was judged last.
    private(set) var outline = JSONOutline()
    private(set) var sum = LedgerSum.Finding.none
    private let decoder = LedgerCoding.decoder

    static let family = "faultline.ledger/"

    /// As far as checksum, spelling and type tell; ``incident(_:)`` looks at the fields too.
    mutating func judge(_ line: UnsafeRawBufferPointer) -> Nature {
        sum = .none
        if line.isEmpty { return .empty }
        sum = LedgerSum.check(line)
        let isJSON = outline.read(line) && (sum == .matches || Self.isUTF8(line))
        guard isJSON else {
            return .damaged(
                .torn, reason: line.contains(0) ? "holds zero bytes, no JSON" : "not a whole JSON value")
        }
        if sum == .differs { return .damaged(.altered, reason: "not what its checksum was made of") }
        guard outline.isObject, let schema = outline.string("schema"), let record = outline.string("record"),
            schema.hasPrefix(Self.family)
        else { return .damaged(.foreign, reason: "JSON without a \(Self.family) schema") }
        guard schema == LedgerRecord.schema else { return .opaque(schema: schema, record: record) }
        switch record {
        case "incident": return .incident
        case "resolution": return .resolution
        default: return .opaque(schema: schema, record: record)
        }
    }

    func incident(_ line: UnsafeRawBufferPointer) -> Result<LedgerRecord, FieldProblem> { decode(line) }
    func resolution(_ line: UnsafeRawBufferPointer) -> Result<ResolutionRecord, FieldProblem> { decode(line) }

    /// Which field is wrong, as a sentence without its subject.
    struct FieldProblem: Error {
        var reason: String
    }

    private func decode<Record: Decodable>(_ line: UnsafeRawBufferPointer) -> Result<Record, FieldProblem> {
        do {
            return .success(try decoder.decode(Record.self, from: Data(line)))
        } catch {
            return .failure(
                FieldProblem(
                    reason: Self.field(error).map { "the field \($0) is missing or senseless" }
                        ?? "not a ledger record"))
        }
    }

    private static func isUTF8(_ line: UnsafeRawBufferPointer) -> Bool {
        !line.contains { $0 >= 0x80 } || String(validating: line, as: UTF8.self) != nil
    }

    private static func field(_ error: any Error) -> String? {
        guard let error = error as? DecodingError else { return nil }
        let path: [any CodingKey]
        switch error {
        case .keyNotFound(let key, let context): path = context.codingPath + [key]
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            path = context.codingPath
        @unknown default: return nil
        }
        return path.isEmpty ? nil : path.map(\.stringValue).joined(separator: ".")
    }
}

/// The one spelling of ledger JSON: a line each, keys sorted, times as ISO 8601.
enum LedgerCoding {
    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.iso8601)
        }
        return encoder
    }

    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = Date(iso8601: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an ISO 8601 time")
            }
            return date
        }
        return decoder
    }
}
