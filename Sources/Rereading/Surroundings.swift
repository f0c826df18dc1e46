/// Which lines around one are needed to understand it: some on either side, and the whole of a traceback that they
/// would cut in two.
public struct Surroundings: Sendable {
    /// Lines on either side.
    public var context: Int
    /// Lines beyond them that a traceback may take, up and down.
    public static let mostBeyond = 40
    /// A log of no more lines is shown whole.
    public static let fewLines = 40

    public init(context: Int) { self.context = context }

    /// - Parameter lines: Of one log, in order, ``context`` and ``mostBeyond`` on either side as far as there are any.
    /// - Returns: The numbers of the first and the last line to show.
    public func range(around number: Int, in lines: [FoundLine]) -> ClosedRange<Int> {
        var kinds: [Int: Kind] = [:]
        for line in lines {
            // Segments that carriage returns part share a number: what is a frame in one of them is one.
            let kind = Kind(line.message)
            kinds[line.number] = max(kind, kinds[line.number] ?? kind)
        }
        var first = number
        while first > number - context, kinds[first - 1] != nil { first -= 1 }
        var last = number
        while last < number + context, kinds[last + 1] != nil { last += 1 }
        return (context > 0 ? begin(first, kinds) : first)...(context > 0 ? end(last, kinds) : last)
    }

    /// What a line is to a traceback.
    private enum Kind: Comparable {
        case other, blank, frame, chain, head

        init(_ message: String) {
            let text = message.utf8
            let bare = message.drop { $0 == " " || $0 == "\t" }
            if bare.isEmpty {
                self = .blank
            } else if bare.hasPrefix("Traceback (most recent call last)") {
                self = .head
            } else if bare.hasPrefix("During handling of the above")
                || bare.hasPrefix("The above exception was the direct cause")
            {
                self = .chain
            } else if text.first == 0x20 || text.first == 0x09 || Self.openings.contains(where: bare.hasPrefix) {
                self = .frame
            } else {
                self = .other
            }
        }

        /// Frames of IPython and of native stacks stand at the beginning of their lines.
        private static let openings = [
            "File \"", "File ~", "File /", "---->", "--->", "-->", "[... skipping", "Cell In[", "Input In", "frame #",
        ]
    }

    /// Up to the head of the traceback that the first line is in, and of those that led to it.
    private func begin(_ first: Int, _ kinds: [Int: Kind]) -> Int {
        var at = first
        // The first line may be the exception itself, of which the frames stand above.
        if kinds[at] == .other, kinds[at - 1] == .frame { at -= 1 }
        guard [.frame, .head, .chain].contains(kinds[at]) else { return first }
        while at > first - Self.mostBeyond {
            switch kinds[at - 1] {
            case .frame?, .head?, .chain?: at -= 1
            case .blank?:
                let above = upward(from: at - 1, kinds)
                let isWithin = kinds[above] == .frame || kinds[above] == .chain
                // Above the words that chain two tracebacks stands the exception of the first.
                guard isWithin || (kinds[at] == .chain && kinds[above] == .other) else { return at }
                at = above
            case .other?:
                guard kinds[at] == .chain, kinds[at - 2] == .frame else { return at }
                at -= 1
            case nil: return at
            }
        }
        // A log of which every line is indented has no traceback.
        return first
    }

    /// The first line above a blank one that is none.
    private func upward(from line: Int, _ kinds: [Int: Kind]) -> Int {
        var at = line
        while kinds[at] == .blank { at -= 1 }
        return at
    }

    /// Down to the exception that ends the traceback that the last line is in, and those that follow from it.
    private func end(_ last: Int, _ kinds: [Int: Kind]) -> Int {
        var at = last
        if kinds[at] == .blank || kinds[at] == .other {
            guard let next = kinds[at + 1], kinds[at] == .blank || next == .blank else { return last }
            guard
                next == .chain || (next == .blank && kinds[at + 2] == .chain) || (kinds[at] == .blank && next == .frame)
            else { return last }
            at += next == .blank ? 2 : 1
        }
        while at < last + Self.mostBeyond {
            switch kinds[at + 1] {
            case .head?, .chain?, .frame?, .blank?: at += 1
            // The line behind the frames says what was raised.
            case .other? where kinds[at] == .blank: return at - 1
            case .other?:
                at += 1
                let isChained = kinds[at + 1] == .chain || (kinds[at + 1] == .blank && kinds[at + 2] == .chain)
                if !isChained { return at }
            case nil: return at
            }
        }
        return last
    }
}
