import CrashModel
import Foundation
import Rules

extension Teller {
    /// How many other causes are told of.
    static let mostRunnersUp = 5

    /// The next best causes, and what speaks against each.
    func runnersUp(to root: Int, among indices: Set<Int>) -> [RunnerUp] {
        let able = indices.filter { $0 != root && episode[$0].canBeRoot && !isAlike(episode[$0], episode[root]) }
        let sorted = able.sorted().sorted { a, b in
            let explained = (isExplained(a, by: root), isExplained(b, by: root))
            return explained.0 != explained.1 ? !explained.0 : compare(a, b).firstWins
        }
        return sorted.prefix(Self.mostRunnersUp).map { index in
            RunnerUp(finding: episode[index].finding, reason: reason(against: index, root: root))
        }
    }

    private func isExplained(_ index: Int, by root: Int) -> Bool { graph.effects(of: root).contains(index) }

    private func isAlike(_ a: Evidence, _ b: Evidence) -> Bool { a.rule.id == b.rule.id && a.category == b.category }

    private func reason(against index: Int, root: Int) -> String {
        let other = episode[index]
        let cause = episode[root]
        if graph.causes[index].contains(root) {
            return "\(cause.category) explains \(other.category)\(distance(from: cause, to: other))"
        }
        if let between = graph.causes[index].first(where: { isExplained($0, by: root) }) {
            let middle = episode[between].finding
            return "it follows from \(SourceName.of(middle.source, line: middle.line)), which follows from the root"
        }
        switch compare(root, index).by {
        case .role:
            return "such a line follows from something else (its rule is a \(other.rule.role.rawValue), not a root)"
        case .touchesRun:
            return "nothing in the logs of the run itself follows from it"
        case .tier:
            return "\(cause.category) is the stronger kind of cause than \(other.category)"
        case .order:
            let way = distance(from: cause, to: other)
            return way.isEmpty ? "it is as likely, and the root was read first" : "it came later" + way
        }
    }

    /// `, 12 s later`, `, 30 lines further on`
    private func distance(from cause: Evidence, to other: Evidence) -> String {
        let isTimed = cause.finding.time.source == .stated && other.finding.time.source == .stated
        if isTimed, let seconds = cause.seconds(until: other), abs(seconds) >= 1 {
            let amount = Duration.seconds(abs(seconds)).formatted(
                .units(allowed: [.hours, .minutes, .seconds], width: .narrow, maximumUnitCount: 2)
                    .locale(Locale(identifier: "en_US_POSIX")))
            return seconds > 0 ? ", \(amount) later" : ", \(amount) earlier by their clocks"
        }
        if cause.sourceIndex == other.sourceIndex {
            let lines = other.finding.line - cause.finding.line
            let amount = "\(abs(lines)) \(abs(lines) == 1 ? "line" : "lines")"
            if lines != 0 { return lines > 0 ? ", \(amount) further on" : ", \(amount) before it" }
        }
        return ""
    }
}
