import CrashModel
import Foundation
import Reporting

/// A message in lines, before it is known how they are written.
struct MessageText {
    enum Line: Equatable {
        case headline(String)
        case plain(String)
        /// From a log.
        case quote(String)
        case command(String)
        case gap
    }

    /// Crashes that are told in full; of the others there is a count and the ids.
    static let mostShown = 10

    let lines: [Line]

    /// - Parameter host: The machine that tells.
    init(_ message: Message, host: String, now: Date) {
        guard !message.isTest else {
            lines = [
                .headline("A test of Faultline on \(host)"),
                .plain("Nothing crashed. Whoever reads this is told when something does."),
            ]
            return
        }
        let count = message.notices.count
        var lines: [Line] = []
        if count > 1 {
            lines += [.headline("\(count) new crashes, told by Faultline on \(host)"), .gap]
        }
        // The worst first; of those the first to happen.
        let sorted = message.notices.sorted {
            ($1.severity, $0.firstSeen ?? .distantFuture, $0.id) < ($0.severity, $1.firstSeen ?? .distantFuture, $1.id)
        }
        for (number, notice) in sorted.prefix(Self.mostShown).enumerated() {
            if number > 0 { lines.append(.gap) }
            lines += Self.lines(notice, now: now)
        }
        if count > Self.mostShown {
            let rest = sorted.dropFirst(Self.mostShown)
            let ids = rest.prefix(20).map(\.id).joined(separator: ", ") + (rest.count > 20 ? ", …" : "")
            lines += [.gap, .plain("and \(rest.count) more: \(ids)")]
        }
        if count == 1 { lines.append(.plain("told by Faultline on \(host)")) }
        self.lines = lines
    }

    private static func lines(_ notice: Notice, now: Date) -> [Line] {
        var lines: [Line] = [
            .headline(
                "\(notice.verdict.advice): \(Headline.of(notice.title, otherwise: notice.category.description))")
        ]
        var places = [notice.host].compactMap(\.self)
        if !notice.ranks.isEmpty { places.append(RankList.words(notice.ranks)) }
        if let job = notice.job { places.append("job \(job)") }
        if !places.isEmpty { lines.append(.plain("where: " + places.joined(separator: ", "))) }
        if let utc = TimeZone(secondsFromGMT: 0), let first = notice.firstSeen {
            lines.append(.plain("when: " + Moment(timeZone: utc).span(first, notice.lastSeen ?? first)))
        }
        lines.append(.plain("cause: \(notice.category), in"))
        lines += [.quote(SourceName.of(notice.cause.source, line: notice.cause.line)), .quote(notice.cause.text)]
        if notice.consequences > 0 {
            lines.append(
                .plain("what followed: \(notice.consequences) other failure\(notice.consequences == 1 ? "" : "s")"))
        }
        if let advice = notice.advice.first {
            lines.append(.plain("what to do: \(advice.action)"))
            if let command = advice.command { lines.append(.command(command)) }
        }
        if let before = notice.before, before.count > 0 {
            lines.append(.plain("seen before: \(before.words(now: now))"))
            if let fix = before.fix, !fix.isEmpty { lines.append(.plain("what helped then: \(fix)")) }
        }
        lines += [.plain("more:"), .command("faultline explain \(notice.id)")]
        return lines
    }

    /// For mail, pagers and JSON.
    var plain: String {
        lines.map { line in
            switch line {
            case .headline(let text), .plain(let text): SafeText.line(text)
            case .quote(let text), .command(let text): "  " + SafeText.line(text)
            case .gap: ""
            }
        }.joined(separator: "\n")
    }
}
