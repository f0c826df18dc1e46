import CrashModel
import Foundation

/// A report as JSON, by the contract in docs/schema/report.json.
public struct CrashReportJSON: Sendable {
    public init() {}

    /// Pretty-printed, keys sorted and in snake case, times as ISO 8601, with a newline at the end.
    public func render(_ report: CrashReport) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.iso8601)
        }
        // A number that JSON cannot write must not lose the report.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return JSONReport.escaped(String(decoding: try encoder.encode(report), as: UTF8.self)) + "\n"
        } catch {
            return "{\"schema\":\"\(CrashReport.schema)\",\"problem\":\"the report could not be written as JSON\"}\n"
        }
    }
}
