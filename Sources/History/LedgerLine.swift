import CrashModel
public import Foundation

/// A line of the ledger that is no record, and why. Its text is not repeated: it may be anything.
public struct DamagedLine: Sendable, Hashable {
    public enum Kind: String, Sendable {
        /// Not whole JSON: a write was cut short, or a disk lost a block.
        case torn
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

/// What one line of the file turned out to be.
enum LedgerLine {
    case incident(LedgerRecord)
    case resolution(ResolutionRecord)
    case opaque(OpaqueRecord)
    case damaged(DamagedLine)

    init(_ bytes: ArraySlice<UInt8>, number: Int, decoder: JSONDecoder) {
        let data = Data(bytes)
        let family = "faultline.ledger/"
        guard (try? decoder.decode(AnyJSON.self, from: data)) != nil else {
            let zeros = bytes.contains(0)
            self = .damaged(
                DamagedLine(
                    line: number, kind: .torn, reason: zeros ? "holds zero bytes, no JSON" : "not a whole JSON value"))
            return
        }
        guard let head = try? decoder.decode(Head.self, from: data), head.schema.hasPrefix(family) else {
            self = .damaged(DamagedLine(line: number, kind: .foreign, reason: "JSON without a \(family) schema"))
            return
        }
        guard head.schema == LedgerRecord.schema, ["incident", "resolution"].contains(head.record) else {
            self = .opaque(OpaqueRecord(line: number, schema: head.schema, record: head.record, json: data))
            return
        }
        do {
            self =
                head.record == "incident"
                ? .incident(try decoder.decode(LedgerRecord.self, from: data))
                : .resolution(try decoder.decode(ResolutionRecord.self, from: data))
        } catch {
            let reason = Self.field(error).map { "the field \($0) is missing or senseless" } ?? "not a ledger record"
            self = .damaged(DamagedLine(line: number, kind: .malformed, reason: reason))
        }
    }

    /// Every line of a file; empty lines are passed over.
    static func parse(_ bytes: [UInt8]) -> [LedgerLine] {
        let decoder = LedgerCoding.decoder
        return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .compactMap { index, line in
                let bare = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
                return bare.isEmpty ? nil : LedgerLine(bare, number: index + 1, decoder: decoder)
            }
    }

    private struct Head: Decodable {
        let schema: String
        let record: String
    }

    /// Succeeds on any whole JSON value.
    private struct AnyJSON: Decodable {
        init(from decoder: any Decoder) throws {}
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
            let text = try container.decode(String.self)
            guard let date = Date(iso8601: text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an ISO 8601 time")
            }
            return date
        }
        return decoder
    }
}
