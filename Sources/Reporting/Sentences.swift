import CrashModel
import Foundation

// How Faultline says what its nouns mean. One place, so that text and Markdown speak alike.

extension Verdict {
    /// What to do, as the beginning of a sentence.
    var advice: String {
        switch self {
        case .restart: "Restart it, the same command may work"
        case .changeFirst: "Change something before restarting"
        case .replaceHardware: "Take the hardware out of service before restarting"
        case .nothing: "Nothing to do"
        }
    }
}

extension Outcome {
    var sentence: String {
        switch self {
        case .terminal: "the run ended there"
        case .recovered: "the same operation succeeded later"
        case .progressed: "training advanced afterwards"
        case .unresolved: "whether the run went on, the logs do not tell"
        }
    }
}

extension Incident {
    /// `Change something before restarting: GPU 3 ran out of memory.`
    var verdictSentence: String { "\(verdict.advice): \(headline)." }

    /// The title without a full stop of its own.
    var headline: String {
        var text = title.trimmingCharacters(in: .whitespaces)
        while text.hasSuffix(".") { text.removeLast() }
        return text.isEmpty ? root.rule : text
    }

    /// `node17, rank 3, GPU 3, pid 4242`, as far as known.
    var whereabouts: [String] {
        var parts: [String] = []
        if let host = host ?? root.origin.host { parts.append(host) }
        let ranks = ranks.isEmpty ? root.origin.rank.map { [$0] } ?? [] : ranks
        if !ranks.isEmpty { parts.append(RankList.words(ranks)) }
        if let gpu = root.origin.gpu { parts.append("GPU \(gpu)") }
        if let pid = root.origin.pid { parts.append("pid \(pid)") }
        return parts
    }

    /// `almost certain (0.97)`
    var confidenceWords: String {
        let words =
            switch confidence {
            case 0.9...: "almost certain"
            case 0.75...: "likely"
            case 0.5...: "plausible"
            default: "a guess"
            }
        guard confidence.isFinite else { return words }
        let hundredths = Int((min(max(confidence, 0), 1) * 100).rounded())
        return "\(words) (\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100))"
    }
}

extension ProgressMark {
    /// `epoch 2, step 4120`; nil when the line states neither.
    var words: String? {
        let parts = [epoch.map { "epoch \($0)" }, step.map { "step \($0)" }].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

/// Ranks as people write them.
enum RankList {
    /// `rank 3`, `ranks 0-2, 4-7`
    static func words(_ ranks: [Int]) -> String {
        let sorted = Set(ranks).sorted()
        var spans: [(first: Int, last: Int)] = []
        for rank in sorted {
            if let last = spans.last, rank - 1 == last.last {
                spans[spans.count - 1].last = rank
            } else {
                spans.append((rank, rank))
            }
        }
        // Two neighbours are a pair, not a span.
        let parts = spans.map { span in
            switch span.last - span.first {
            case 0: "\(span.first)"
            case 1: "\(span.first), \(span.last)"
            default: "\(span.first)-\(span.last)"
            }
        }
        return (sorted.count == 1 ? "rank " : "ranks ") + parts.joined(separator: ", ")
    }
}

/// Numbers as people read them.
enum Amount {
    /// `12,345`
    static func count(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        let grouped = digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : String(digit)
        }
        return (number < 0 ? "-" : "") + grouped.joined()
    }

    /// `1 file`, `12 files`
    static func of(_ number: Int, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// `120.3 GiB`
    static func bytes(_ bytes: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var amount = Double(bytes)
        var unit = 0
        while amount >= 1023.95, unit < units.count - 1 {
            amount /= 1024
            unit += 1
        }
        return unit == 0 ? "\(bytes) B" : "\(tenths(amount)) \(units[unit])"
    }

    /// One digit after the point, whatever the locale.
    static func tenths(_ number: Double) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "?" }
        let tenths = Int((abs(number) * 10).rounded())
        return "\(number < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
    }
}
