/// Which of the last lines only quote source code, as the frames of a traceback do.
///
/// Such a line holds what the program would have said: it proves no step, no checkpoint and no recovery.
struct QuotedLines {
    /// Beyond this the older half is forgotten. A line is looked at again within two blocks of its log.
    private static let most = 8192

    private var numbers: [Int] = []

    /// Takes the line numbers in their order.
    mutating func insert(_ line: Int) {
        if numbers.count >= Self.most { numbers.removeFirst(Self.most / 2) }
        numbers.append(line)
    }

    func contains(_ line: Int) -> Bool {
        guard let first = numbers.first, let last = numbers.last, (first...last).contains(line) else { return false }
        var (low, high) = (0, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < line { low = middle + 1 } else { high = middle }
        }
        return low < numbers.count && numbers[low] == line
    }
}
