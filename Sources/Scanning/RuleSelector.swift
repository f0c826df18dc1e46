internal import Literals
import Rules
import Synchronization

/// Which rules can match a line at all, judged by the literals that each of their matches must contain.
///
/// A class, since it is asked about every line: one reference instead of a copy of all its arrays.
final class RuleSelector: Sendable {
    /// Positions in the lists of ``CompiledRules``, ascending.
    struct Selection {
        var lineRules: ArraySlice<Int>
        var blocks: Places
        var progress: Places
        var milestones: Places

        static let nothing = Selection(lineRules: [], blocks: Places(), progress: Places(), milestones: Places())
    }

    /// Positions in one of the lists.
    struct Places: Sequence {
        /// As the filter numbers them.
        fileprivate var owners: ArraySlice<Int> = []
        fileprivate var base = 0

        var isEmpty: Bool { owners.isEmpty }

        func contains(_ place: Int) -> Bool { owners.contains(place + base) }

        func makeIterator() -> Iterator { Iterator(owners: owners.makeIterator(), base: base) }

        struct Iterator: IteratorProtocol {
            fileprivate var owners: ArraySlice<Int>.Iterator
            fileprivate let base: Int

            mutating func next() -> Int? { owners.next().map { $0 - base } }
        }
    }

    /// Finds the lines that any rule could speak about on its own, in whole buffers; `nil` when a rule without literals
    /// makes that every line.
    let search: DeferredSearch?
    private let filter: LiteralFilter
    /// Where each kind of owner ends in the filter's numbering: line rules, blocks, progress, milestones.
    private let ends: [Int]
    private let all: [Int]

    /// - Parameters:
    ///   - search: the literals of everything that a scan must not pass over, or `nil` when some have none.
    ///   - standing: line rules of which some patterns have no literals.
    ///   - others: for each rule of each kind its literals.
    init(
        search: [[UInt8]]?, lineRules: [[[UInt8]]?], standing: Set<Int>, blocks: [[[UInt8]]?], progress: [[[UInt8]]?],
        milestones: [[[UInt8]]?]
    ) {
        self.search = search.map { DeferredSearch($0) }
        let owners = lineRules + blocks + progress + milestones
        filter = LiteralFilter(owners, standing: standing)
        var ends: [Int] = []
        for count in [lineRules.count, blocks.count, progress.count, milestones.count] {
            ends.append((ends.last ?? 0) + count)
        }
        self.ends = ends
        all = Array(owners.indices)
    }

    func select(_ line: [UInt8], _ scratch: inout LiteralFilter.Scratch) -> Selection {
        line.withUnsafeBufferPointer { select($0, &scratch) }
    }

    func select(_ line: UnsafeBufferPointer<UInt8>, _ scratch: inout LiteralFilter.Scratch) -> Selection {
        let owners = filter.candidates(in: line, &scratch)
        return owners.isEmpty ? .nothing : divide(owners)
    }

    /// Every rule, for the reference.
    func selectAll() -> Selection { divide(all) }

    private func divide(_ owners: [Int]) -> Selection {
        let (lines, blocks, progress) = (ends[0], ends[1], ends[2])
        let first = owners.firstIndex { $0 >= lines } ?? owners.count
        let second = owners[first...].firstIndex { $0 >= blocks } ?? owners.count
        let third = owners[second...].firstIndex { $0 >= progress } ?? owners.count
        return Selection(
            lineRules: owners[..<first], blocks: Places(owners: owners[first..<second], base: lines),
            progress: Places(owners: owners[second..<third], base: blocks),
            milestones: Places(owners: owners[third...], base: progress))
    }
}

/// A search that is made ready when it is first needed: a small log is looked at closely from end to end, and needs none.
final class DeferredSearch: Sendable {
    private let literals: [[UInt8]]
    private let known = Mutex<LiteralSearch?>(nil)

    init(_ literals: [[UInt8]]) {
        self.literals = literals
    }

    func ready() -> LiteralSearch {
        known.withLock { known in
            if let known { return known }
            let fresh = LiteralSearch(literals)
            known = fresh
            return fresh
        }
    }
}
