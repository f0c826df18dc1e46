/// Ranks as people write them.
enum RankRanges {
    /// `rank 5`, `ranks 0-4, 6-7`; at most `most` ranges, then `…`.
    static func words(_ ranks: [Int], most: Int = 12) -> String {
        (Set(ranks).count == 1 ? "rank " : "ranks ") + ranges(ranks, most: most)
    }

    static func ranges(_ ranks: [Int], most: Int = 12) -> String {
        var ranges: [ClosedRange<Int>] = []
        for rank in Set(ranks).sorted() {
            if let last = ranges.last, last.upperBound == rank - 1 {
                ranges[ranges.count - 1] = last.lowerBound...rank
            } else {
                ranges.append(rank...rank)
            }
        }
        let words = ranges.prefix(most).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        return (words + (ranges.count > most ? ["…"] : [])).joined(separator: ", ")
    }
}
