import CrashModel
import Logs
import PCRE
import Rules

/// Follows the blocks (tracebacks, kernel reports) that are open in one source, one for each interleaved writer.
///
/// Rules that share their `begin` are one group: the lines are collected once, and when the block closes `contains`,
/// `excludes` and the priority say which rule of the group it was.
struct BlockCollector: ~Copyable {
    /// Lines that do not belong to a block may stand in it, since writers write through one another.
    static let toleratedForeignLines = 3

    private struct Key: Hashable {
        var group: Int
        var stream: String?
    }

    private struct OpenBlock {
        var lines: [LogLine]
        var foreign = 0
    }

    /// A block that was closed: its lines and whether its last line was seen.
    struct Closed {
        var group: [CompiledBlock]
        var lines: [LogLine]
        var ended: Bool

        var isTeardown: Bool { group.allSatisfy { $0.rule.role == .teardown } }
    }

    private let groups: [[CompiledBlock]]
    private var open: [Key: OpenBlock] = [:]

    init(_ groups: [[CompiledBlock]]) {
        self.groups = groups
    }

    /// Takes one line. Returns the blocks that it closed, and whether it only quotes source code.
    ///
    /// - Parameter begins: the groups whose `begin` may match the line.
    mutating func take(
        _ line: LogLine, begins: ArraySlice<Int>, _ matcher: inout Matcher
    ) -> (closed: [Closed], isCode: Bool) {
        if open.isEmpty, begins.isEmpty { return ([], false) }
        var closed: [Closed] = []
        var isCode = false
        for (number, group) in groups.enumerated() {
            guard let lead = group.first else { continue }
            let key = Key(group: number, stream: line.origin.stream)
            let block = open[key]
            if block == nil, !begins.contains(number) { continue }
            if var block {
                let isLast = lead.until.map { matcher.matches($0, line.message) } ?? false
                if isLast {
                    block.lines.append(line)
                    closed.append(Closed(group: group, lines: block.lines, ended: true))
                    open[key] = nil
                    continue
                }
                let belongs = lead.continues.map { matcher.matches($0, line.message) } ?? true
                if belongs {
                    if lead.begin.map({ matcher.matches($0, line.message) }) ?? false, lead.continues == nil {
                        closed.append(Closed(group: group, lines: block.lines, ended: false))
                        open[key] = OpenBlock(lines: [line])
                        continue
                    }
                    if lead.code.map({ matcher.matches($0, line.message) }) ?? false { isCode = true }
                    block.lines.append(line)
                    block.foreign = 0
                } else {
                    block.foreign += 1
                }
                if block.lines.count >= lead.shape.limit || block.foreign > Self.toleratedForeignLines {
                    closed.append(Closed(group: group, lines: block.lines, ended: false))
                    open[key] = nil
                } else {
                    open[key] = block
                }
            } else if lead.begin.map({ matcher.matches($0, line.message) }) ?? false {
                if lead.until.map({ matcher.matches($0, line.message) }) ?? false, lead.shape.anchor == .begin {
                    closed.append(Closed(group: group, lines: [line], ended: true))
                } else {
                    open[key] = OpenBlock(lines: [line])
                }
            }
        }
        return (closed, isCode)
    }

    /// Closes what is still open at the end of the source, in the order of its first lines.
    mutating func finish() -> [Closed] {
        let rest = open.map { Closed(group: groups[$0.key.group], lines: $0.value.lines, ended: false) }
        open = [:]
        return rest.sorted { ($0.lines.first?.number ?? 0) < ($1.lines.first?.number ?? 0) }
    }
}

extension Matcher {
    /// Whether `pattern` matches. A match that a limit stopped counts as none here; line rules report theirs.
    mutating func matches(_ pattern: DeferredPattern, _ bytes: [UInt8]) -> Bool {
        guard let pattern = try? pattern.compiled() else { return false }
        return ((try? firstMatch(of: pattern, in: bytes)) ?? nil) != nil
    }

    mutating func matchesAny(_ patterns: [DeferredPattern], _ bytes: [UInt8]) -> Bool {
        for pattern in patterns where matches(pattern, bytes) { return true }
        return false
    }
}
