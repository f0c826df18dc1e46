import CrashModel
public import Foundation

/// Why something is no report that this version can read.
public struct ReportReadingError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String
}

extension CrashReportJSON {
    /// Reads what ``render(_:)`` wrote, on whatever machine: the same report, of which every form can be made.
    ///
    /// Anybody may have written the bytes. Numbers are brought to where sums of them stay numbers, and what has to fit
    /// together and does not is left out or refused. Texts stay as they are, as those of logs do.
    public func read(_ bytes: Data) throws(ReportReadingError) -> CrashReport {
        let encoder = JSONEncoder()
        do {
            let value = try JSONDecoder().decode(JSONValue.self, from: bytes)
            try Self.checkSchema(of: value)
            var report = try Self.decoder.decode(CrashReport.self, from: encoder.encode(value.tamed))
            try report.mend()
            return report
        } catch let error as ReportReadingError {
            throw error
        } catch let error as DecodingError {
            throw ReportReadingError(description: Self.words(error))
        } catch {
            throw ReportReadingError(description: "it is no report: \(error.localizedDescription)")
        }
    }

    private static func checkSchema(of value: JSONValue) throws(ReportReadingError) {
        guard case .object(let members) = value, case .text(let schema)? = members["schema"] else {
            throw ReportReadingError(description: "it is no report: it states no schema")
        }
        if schema == CrashReport.schema { return }
        let name = SafeText.line(schema, limit: 60)
        throw ReportReadingError(
            description: schema.hasPrefix("faultline.report/")
                ? "it is a report of another version (\(name), this program knows \(CrashReport.schema)); update faultline"
                : "it is no report, but '\(name)'")
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { path in
            let key = path.last ?? Key(stringValue: "")
            // What recordings hold has its names as they are written; all else has them from the properties.
            let isOfMachine = path.dropLast().contains { $0.stringValue == "machine" }
            return isOfMachine ? key : Key(stringValue: camelCased(key.stringValue))
        }
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            guard let date = Date(iso8601: text), (Self.firstTime...Self.lastTime) ~= date else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "no time of the years 1 to 9999"))
            }
            return date
        }
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }

    private static let firstTime = Date(timeIntervalSince1970: -62_135_596_800)
    private static let lastTime = Date(timeIntervalSince1970: 253_402_300_799)

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// `last_seen` as `lastSeen`.
    private static func camelCased(_ name: String) -> String {
        let parts = name.split(separator: "_")
        guard let first = parts.first, parts.count > 1 else { return name }
        return first + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func words(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
            return path.isEmpty ? "" : " at " + SafeText.line(path.joined(separator: "."), limit: 120)
        }
        switch error {
        case .keyNotFound(let key, let context):
            return "'\(SafeText.line(key.stringValue, limit: 60))' is missing\(place(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "a wrong value stands\(place(context))"
        // Also a word that a newer version uses where this one knows others.
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty
                ? "it is no JSON" : "this version does not know what stands\(place(context)); a newer one may"
        @unknown default: return "it is no report"
        }
    }
}

extension JSONValue {
    /// The same with numbers of which a thousand and more can be added.
    fileprivate var tamed: JSONValue {
        switch self {
        case .null, .flag, .text: self
        case .whole(let number): .whole(min(max(number, -(1 << 53)), 1 << 53))
        case .number(let number): .number(number.isFinite ? min(max(number, -1e18), 1e18) : 0)
        case .list(let items): .list(items.map(\.tamed))
        case .object(let members): .object(members.mapValues(\.tamed))
        }
    }
}

extension CrashReport {
    /// Makes sure of what forms rely on.
    fileprivate mutating func mend() throws(ReportReadingError) {
        // Both stand among the words of the program itself.
        guard Self.isWord(version), rules.map({ Self.isWord($0.hash) }) ?? true else {
            throw ReportReadingError(description: "what stands for a version is none")
        }
        if let count = rules?.count { rules?.count = max(0, count) }
        if incidents.count > Self.mostRead {
            notes.append("of \(incidents.count) failures the first \(Self.mostRead) are shown")
            incidents.removeLast(incidents.count - Self.mostRead)
        }
        for index in incidents.indices {
            incidents[index].mendNumbers()
            let evidence = incidents[index].evidence.map(\.id)
            let excerpts = incidents[index].excerpts.map(\.id)
            for ids in [evidence, excerpts] {
                if let wrong = ids.first(where: { !Self.isID($0) }) {
                    throw ReportReadingError(
                        description: "'\(SafeText.line(wrong, limit: 40))' is no id of a line or an excerpt")
                }
                if Set(ids).count != ids.count {
                    throw ReportReadingError(description: "two lines or two excerpts have the same id")
                }
            }
            let confidence = incidents[index].confidence
            incidents[index].confidence = confidence.isFinite ? min(max(confidence, 0), 1) : 0
            incidents[index].machine?.window?.mend()
            incidents[index].shorten()
        }
    }

    /// As many as a report is made of on its own machine.
    private static let mostRead = 50

    /// `0.1.0`, `4efda7a9`
    private static func isWord(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: ".")
            && text.utf8.allSatisfy { $0.isASCIILetterOrFigure || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// `e12`, `x3`
    private static func isID(_ id: String) -> Bool {
        guard let first = id.utf8.first, (0x61...0x7a).contains(first), (2...9).contains(id.utf8.count) else {
            return false
        }
        return id.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension ReportedIncident {
    /// Lines have numbers from 0 on, and there are at least as many of something as one.
    fileprivate mutating func mendNumbers() {
        for index in evidence.indices {
            evidence[index].line = max(0, evidence[index].line)
            evidence[index].lastLine = evidence[index].lastLine.map { max(0, $0) }
            evidence[index].count = max(1, evidence[index].count)
        }
        for index in excerpts.indices {
            for line in excerpts[index].lines.indices {
                excerpts[index].lines[line].number = max(0, excerpts[index].lines[line].number)
            }
        }
        for index in environment.indices { environment[index].line = max(0, environment[index].line) }
        evidenceLeftOut = max(0, evidenceLeftOut)
    }
}

extension RecordedWindow {
    /// Curves have a value for each time, and time goes on; what does not fit is left out.
    fileprivate mutating func mend() {
        let isInOrder = times.allSatisfy(\.isFinite) && zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
        if !isInOrder {
            times = []
            problems.append("the times of the curves are no times, and the curves are left out")
        }
        series.removeAll { $0.values.count != times.count }
        for index in series.indices {
            series[index].values = series[index].values.map { value in value.flatMap { $0.isFinite ? $0 : nil } }
            series[index].limit = series[index].limit.flatMap { $0.isFinite ? $0 : nil }
        }
    }
}

extension UInt8 {
    fileprivate var isASCIILetterOrFigure: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self)
    }
}
