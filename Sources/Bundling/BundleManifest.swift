public import CrashModel
internal import Foundation
internal import Reporting

/// What is in a bundle, by the contract in docs/schema/bundle.json.
public struct BundleManifest: Sendable, Hashable, Codable {
    public static let schema = "faultline.bundle/1"
    public static let name = "manifest.json"

    public var schema = BundleManifest.schema
    /// Of the program that made it.
    public var version: String
    public var createdAt: String
    /// The path of the report as JSON, of which all else is made again.
    public var report: String
    public var reportSchema = CrashReport.schema
    /// Whether secrets were taken out.
    public var redacted: Bool
    /// The packs are in the report.
    public var rules: RulesVersion?
    public var files: [File]
    /// What was to be in it and was too large.
    public var leftOut: [LeftOut]

    public struct File: Sendable, Hashable, Codable {
        /// Beside the manifest.
        public var path: String
        public var bytes: Int
        /// 64 hexadecimal digits.
        public var sha256: String
        /// What it is, for people.
        public var about: String
    }

    public struct LeftOut: Sendable, Hashable, Codable {
        public var path: String
        public var bytes: Int
        public var reason: String
    }

    enum CodingKeys: String, CodingKey {
        case schema, version, report, redacted, rules, files
        case createdAt = "created_at"
        case reportSchema = "report_schema"
        case leftOut = "left_out"
    }

    init(of report: CrashReport, at path: String, createdAt: String) {
        version = report.version
        self.createdAt = createdAt
        self.report = path
        redacted = report.redaction != nil
        rules = report.rules.map { RulesVersion(hash: $0.hash, count: $0.count, own: $0.own) }
        files = []
        leftOut = []
    }

    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// Reads what anybody may have written.
    init(reading bytes: Data) throws(BundleError) {
        struct Head: Decodable { var schema: String }
        do {
            let head = try JSONDecoder().decode(Head.self, from: bytes)
            guard head.schema == Self.schema else {
                if head.schema.hasPrefix("faultline.bundle/") { throw BundleError.newer(head.schema) }
                throw BundleError.noBundle
            }
            self = try JSONDecoder().decode(BundleManifest.self, from: bytes)
        } catch let error as BundleError {
            throw error
        } catch {
            throw .malformed(Self.name, "it is not what docs/schema/bundle.json describes")
        }
        var seen: Set<String> = [Self.name]
        for file in files {
            guard BundlePath.isPlain(file.path), seen.insert(file.path).inserted, file.bytes >= 0 else {
                throw .refused(file.path, "is a path that is not allowed, or stands twice in the manifest")
            }
        }
    }
}

/// Names of files in a bundle: plain ones only, so that who unpacks it with tar gets what it says, where he unpacks it.
enum BundlePath {
    static func isPlain(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return (1...4).contains(parts.count) && parts.allSatisfy(isPlain(part:))
    }

    private static func isPlain(part: Substring) -> Bool {
        (1...100).contains(part.utf8.count) && part != "." && part != ".." && part.utf8.first != UInt8(ascii: "-")
            && part.utf8.allSatisfy { isLetter($0) || [0x2d, 0x2e, 0x5f].contains($0) }
    }

    /// What is left of a text when only such characters stay; empty where none does.
    static func plain(_ text: String, most: Int = 60) -> String {
        let bytes = text.utf8.filter { isLetter($0) || [0x2d, 0x2e, 0x5f].contains($0) }.prefix(most)
        return String(decoding: Array(bytes.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }), as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
