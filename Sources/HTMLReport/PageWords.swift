import CrashModel
import Foundation
import Reporting

extension TimelineEntry.Part {
    /// For classes of the style sheet and names of marks.
    var mark: String {
        switch self {
        case .root: "root"
        case .consequence: "after"
        case .confirmation: "confirm"
        case .teardown: "teardown"
        case .progress: "progress"
        case .checkpoint: "checkpoint"
        }
    }

    var pageWords: String {
        switch self {
        case .root: "cause"
        case .consequence: "followed"
        case .confirmation: "confirms"
        case .teardown: "teardown"
        case .progress: "last step"
        case .checkpoint: "checkpoint"
        }
    }

    static let inLegend: [TimelineEntry.Part] = [
        .root, .consequence, .confirmation, .teardown, .progress, .checkpoint,
    ]
}

extension Verdict {
    var tone: String {
        switch self {
        case .restart: "go"
        case .changeFirst: "change"
        case .replaceHardware: "replace"
        case .nothing: "none"
        }
    }
}

extension ReportedIncident {
    /// Of a guess no colour says that all will be well.
    var tone: String { isGuess && verdict == .restart ? Verdict.nothing.tone : verdict.tone }
}

/// How long before or after the cause something was.
enum Offset {
    /// `+9 s`, `−3 min 20 s`, `at the same time`
    static func words(_ seconds: Double) -> String {
        guard seconds.isFinite, abs(seconds) < 1e12 else { return "?" }
        let sign = seconds < 0 ? "−" : "+"
        return sign + length(abs(seconds))
    }

    /// `0.4 s`, `9 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`
    static func length(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e12 else { return "?" }
        if seconds < 9.95 { return Amount.shortTenths(seconds) + " s" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return pair(whole / 60, "min", whole % 60, "s") }
        if whole < 86400 { return pair(whole / 3600, "h", whole % 3600 / 60, "min") }
        return pair(whole / 86400, "d", whole % 86400 / 3600, "h")
    }

    private static func pair(_ large: Int, _ unit: String, _ small: Int, _ smallUnit: String) -> String {
        "\(large) \(unit)" + (small == 0 ? "" : " \(small) \(smallUnit)")
    }
}
