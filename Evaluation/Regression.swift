import Foundation

/// The numbers that `Evaluation/expected.json` keeps from falling.
struct Regression: Sendable, Codable, Equatable {
    var maximumFalseAlarms: Int
    var minimumCases: Int
    var minimumCascades: Int
    /// 0 to 100: cases in which nothing calls for action.
    var minimumCleanPercent: Double
    /// 0 to 100, by ``Measure``.
    var minimumPercent: [String: Double]

    enum CodingKeys: String, CodingKey {
        case maximumFalseAlarms = "maximum_false_alarms"
        case minimumCases = "minimum_cases"
        case minimumCascades = "minimum_cascades"
        case minimumCleanPercent = "minimum_clean_percent"
        case minimumPercent = "minimum_percent"
    }

    /// - Parameter file: where `data` stands, for the message.
    /// - Throws: ``CaseError`` for what cannot be read, and for a share that nobody measures.
    init(_ data: Data, file: String) throws(CaseError) {
        do {
            self = try JSONDecoder().decode(Regression.self, from: data)
        } catch {
            throw CaseError(place: file, problem: "\(error)")
        }
        if let unknown = minimumPercent.keys.sorted().first(where: { Measure(rawValue: $0) == nil }) {
            let known = Measure.allCases.map(\.rawValue).joined(separator: ", ")
            throw CaseError(place: file, problem: "'\(unknown)' is not measured; these are: \(known)")
        }
    }

    /// A sentence for each number that is worse than it may be. A share that this run did not measure is passed over.
    func complaints(about scores: Scores) -> [String] {
        var complaints: [String] = []
        func require(_ isMet: Bool, _ sentence: @autoclosure () -> String) {
            if !isMet { complaints.append(sentence()) }
        }
        require(
            scores.cases >= minimumCases, "There are \(scores.cases) cases; at least \(minimumCases) are asked for.")
        require(
            scores.cascades >= minimumCascades,
            "There are \(scores.cascades) crashes with several sources; at least \(minimumCascades) are asked for.")
        require(
            scores.cleanPercent >= minimumCleanPercent,
            "\(Layout.percent(scores.cleanPercent)) of the cases are clean; at least "
                + "\(Layout.percent(minimumCleanPercent)) are asked for.")
        require(
            scores.falseAlarms <= maximumFalseAlarms,
            "There are \(scores.falseAlarms) false alarms; at most \(maximumFalseAlarms) may be.")
        for measure in Measure.allCases {
            guard let minimum = minimumPercent[measure.rawValue], let share = scores[measure] else { continue }
            require(
                share.percent >= minimum,
                "The share of '\(measure.words)' is \(Layout.percent(share.percent)) (\(share.right) of \(share.of)); "
                    + "it was at least \(Layout.percent(minimum)).")
        }
        return complaints
    }

    /// The same file for what was measured now. How many cases there have to be is a promise and stays.
    func updated(to scores: Scores) -> Regression {
        var fresh = self
        fresh.maximumFalseAlarms = scores.falseAlarms
        for measure in Measure.allCases {
            // Rounded down, so that the number itself passes.
            if let share = scores[measure] {
                fresh.minimumPercent[measure.rawValue] = (share.percent * 10).rounded(.down) / 10
            }
        }
        return fresh
    }

    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}
