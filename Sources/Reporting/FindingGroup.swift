import CrashModel

/// Findings of one rule, told together: one failure makes every rank complain alike.
struct FindingGroup {
    /// The first of them, which stands for all.
    let first: Finding
    /// Lines, not findings: a finding stands for the same line many times in a row.
    let count: Int
    let ranks: [Int]
    let hosts: [String]

    /// By rule, in the order of each rule's first finding.
    static func of(_ findings: [Finding]) -> [FindingGroup] {
        var order: [String] = []
        var byRule: [String: [Finding]] = [:]
        for finding in findings {
            if byRule[finding.rule] == nil { order.append(finding.rule) }
            byRule[finding.rule, default: []].append(finding)
        }
        return order.compactMap { rule in
            guard let group = byRule[rule], let first = group.first else { return nil }
            return FindingGroup(
                first: first, count: group.reduce(0) { $0 + max(1, $1.count) },
                ranks: Set(group.compactMap(\.origin.rank)).sorted(),
                hosts: Set(group.compactMap(\.origin.host)).sorted())
        }
    }

    /// `7 × NCCL watchdog timeout on ranks 0-2, 4-7, first at`; the place follows.
    var words: String {
        var text = count > 1 ? "\(Amount.count(count)) × \(first.title)" : first.title
        if !ranks.isEmpty { text += " on \(RankList.words(ranks))" }
        if hosts.count > 1 { text += " of \(hosts.count) hosts" }
        return text + (count > 1 ? ", first at" : ", at")
    }
}
