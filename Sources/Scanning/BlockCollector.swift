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
    /// Bytes kept of a line in a block.
    static let keptBytes = 16 * 1024
    /// Writers whose blocks are followed at a time.
    static let mostOpen = 2000

    fileprivate struct Key: Hashable {
        var group: Int
        var stream: String?
    }

    fileprivate struct OpenBlock {
        var lines: [LogLine]
        var foreign = 0
        /// Blanks before the first line: whoever pasted the log may have indented all of it.
        private let indent: Int

        init(beginningWith line: LogLine) {
            lines = []
            indent = line.message.prefix { $0 == 0x20 }.count
            append(line)
        }

        /// Keeps a line, or its beginning: hundreds of lines of the greatest length would be too much.
        mutating func append(_ line: LogLine) {
            guard line.text.count > BlockCollector.keptBytes else { return lines.append(line) }
            var line = line
            line.text = Array(line.text.prefix(BlockCollector.keptBytes))
            line.message = Array(line.message.prefix(BlockCollector.keptBytes))
            lines.append(line)
        }

        /// The line without the indentation of the whole block.
        func aligned(_ line: LogLine) -> LogLine {
            guard indent > 0, line.message.prefix(indent).allSatisfy({ $0 == 0x20 }) else { return line }
            var line = line
            line.message.removeFirst(min(indent, line.message.count))
            return line
        }
    }

    /// A block that was closed: its lines and whether its last line was seen.
    struct Closed {
        var group: [CompiledBlock]
        var lines: [LogLine]
        var ended: Bool

        var isTeardown: Bool { group.allSatisfy { $0.rule.role == .teardown } }
    }

    /// A report may name itself twice in its head, as the kernel's `BUG: unable to handle…` does with `Oops:` four lines
    /// later. Beyond that it is another one.
    private static let headLines = 8

    /// The blocks that are open, to go back to.
    struct Saved {
        fileprivate var open: [Key: OpenBlock]
    }

    private let groups: [[CompiledBlock]]
    private var open: [Key: OpenBlock] = [:]
    /// How many blocks were begun so far.
    private(set) var begun = 0

    /// Whether a line belongs to a block merely by standing where it does.
    var isOpen: Bool { !open.isEmpty }

    init(_ groups: [[CompiledBlock]]) {
        self.groups = groups
    }

    var saved: Saved { Saved(open: open) }
    mutating func restore(_ saved: Saved) { open = saved.open }

    /// Takes one line. Returns the blocks that it closed, and whether it only quotes source code.
    ///
    /// - Parameter begins: the groups whose `begin` may match the line.
    mutating func take(
        _ line: LogLine, begins: RuleSelector.Places, _ matcher: inout Matcher
    ) -> (closed: [Closed], isCode: Bool) {
        if open.isEmpty, begins.isEmpty { return ([], false) }
        var closed: [Closed] = open.count > Self.mostOpen ? closeOldest() : []
        var isCode = false
        for (number, group) in groups.enumerated() {
            guard let lead = group.first else { continue }
            let key = Key(group: number, stream: line.origin.stream)
            // Taken out while it grows, so that its lines are not copied for every one that is added.
            guard var block = open.removeValue(forKey: key) else {
                guard begins.contains(number), matcher.matches(lead.begin, line.message) else { continue }
                if lead.shape.anchor == .begin, let until = lead.until, matcher.matches(until, line.message) {
                    closed.append(Closed(group: group, lines: [line], ended: true))
                } else {
                    open[key] = OpenBlock(beginningWith: line)
                    begun += 1
                }
                continue
            }
            let line = block.aligned(line)
            if let until = lead.until, matcher.matches(until, line.message) {
                block.append(line)
                closed.append(Closed(group: group, lines: block.lines, ended: true))
                continue
            }
            if let continues = lead.continues, !matcher.matches(continues, line.message) {
                block.foreign += 1
            } else if lead.continues == nil, block.lines.count >= Self.headLines,
                matcher.matches(lead.begin, line.message)
            {
                closed.append(Closed(group: group, lines: block.lines, ended: false))
                block = OpenBlock(beginningWith: line)
            } else {
                if let code = lead.code, matcher.matches(code, line.message) { isCode = true }
                block.append(line)
                block.foreign = 0
            }
            if block.lines.count >= lead.shape.limit || block.foreign > Self.toleratedForeignLines {
                closed.append(Closed(group: group, lines: block.lines, ended: false))
            } else {
                open[key] = block
            }
        }
        return (closed, isCode)
    }

    /// Closes the half of the open blocks that began first.
    private mutating func closeOldest() -> [Closed] {
        let oldest = open.sorted { ($0.value.lines.first?.number ?? 0) < ($1.value.lines.first?.number ?? 0) }
            .prefix(Self.mostOpen / 2)
        for (key, _) in oldest { open.removeValue(forKey: key) }
        return oldest.map { Closed(group: groups[$0.key.group], lines: $0.value.lines, ended: false) }
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
        bytes.withUnsafeBufferPointer { matches(pattern, $0) }
    }

    mutating func matchesAny(_ patterns: [DeferredPattern], _ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { matchesAny(patterns, $0) }
    }

    mutating func matches(_ pattern: DeferredPattern, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let pattern = try? pattern.compiled() else { return false }
        return (try? finds(pattern, in: UnsafeRawBufferPointer(bytes))) ?? false
    }

    mutating func matchesAny(_ patterns: [DeferredPattern], _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for pattern in patterns where matches(pattern, bytes) { return true }
        return false
    }
}
