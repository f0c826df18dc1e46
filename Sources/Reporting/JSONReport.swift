public import CrashModel
import Foundation

/// A scan as JSON, by the contract in docs/json.md.
public struct JSONReport: Sendable {
    public init() {}

    /// Pretty-printed, keys sorted, times as ISO 8601, with a newline at the end.
    ///
    /// Characters that could drive a terminal or hide in a line are written as `\u` escapes, which every JSON reader
    /// turns back: the values are those of the log.
    public func render(_ report: ScanReport) -> String {
        do {
            return Self.escaped(String(decoding: try Self.encoder.encode(report), as: UTF8.self)) + "\n"
        } catch {
            return "{\"schema\":\"\(ScanReport.schema)\",\"problem\":\"the report could not be written as JSON\"}\n"
        }
    }

    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.iso8601)
        }
        // A number that JSON cannot write must not lose the report.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }

    /// Outside its strings JSON is ASCII, so that any such character is inside one.
    static func escaped(_ json: String) -> String {
        var text = String.UnicodeScalarView()
        for scalar in json.unicodeScalars {
            if scalar.value < 0x7f || (scalar.value > 0x9f && !SafeText.isInvisible(scalar)) {
                text.append(scalar)
            } else {
                for unit in UTF16.encode(scalar) ?? .init() {
                    let hex = String(unit, radix: 16)
                    text.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).unicodeScalars)
                }
            }
        }
        return String(text)
    }
}
