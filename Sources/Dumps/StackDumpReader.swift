/// Takes stack dumps line by line.
struct StackDumpReader {
    private static let mostThreads = 10_000
    private static let mostFrames = 2_000

    private var finished: [StackDump] = []
    private var pid: Int?
    private var program: String?
    private var isChild = false
    private var threads: [StackThread] = []
    private var ids: Set<String> = []
    /// Whether the lines belong to the last thread, and in which style.
    private var style: Style = .none
    /// The indentation of the thread's line.
    private var indent = 0

    private enum Style { case none, pySpy, faultHandler }

    mutating func read(_ line: String) {
        let blanks = line.utf8.prefix { $0 == 0x20 }.count
        let text = Substring(line.utf8.dropFirst(blanks)).trimmingSuffix { $0.isWhitespace }
        if text.hasPrefix("Thread ") || text.hasPrefix("Current thread ") || text.hasPrefix("Stack (most recent") {
            style = beginThread(text)
            indent = blanks
        } else if text.hasPrefix("Process ") {
            beginProcess(text)
        } else if text.hasPrefix("Parent Process ") {
            isChild = true
        } else if text.hasPrefix("Timeout (") || text.hasPrefix("Fatal Python error:") {
            flush()
        } else if text.hasSuffix("C stack trace (most recent call first):") {
            style = .none
        } else if let frame = frame(text, depth: blanks - indent), let last = threads.indices.last,
            threads[last].frames.count < Self.mostFrames
        {
            threads[last].frames.append(frame)
        }
    }

    mutating func finish() -> [StackDump] {
        flush()
        return finished
    }

    private mutating func flush() {
        if !threads.isEmpty {
            finished.append(StackDump(pid: pid, program: program, isChild: isChild, threads: threads))
        }
        (pid, program, isChild) = (nil, nil, false)
        (threads, ids, style) = ([], [], .none)
    }

    /// `Process 8207: python3 train.py`
    private mutating func beginProcess(_ text: Substring) {
        let words = text.dropFirst("Process ".count).split(separator: ":", maxSplits: 1)
        guard let pid = words.first.flatMap({ Int($0) }) else { return }
        flush()
        self.pid = pid
        program = words.count > 1 ? String(words[1].drop { $0 == " " }.prefix(4096)) : nil
    }

    /// `Thread 0x7F8C (idle): "MainThread"`; `Current thread 0x00007f8c [name] (most recent call first):`
    private mutating func beginThread(_ text: Substring) -> Style {
        guard let open = text.firstRange(of: " (") else { return .none }
        let isFaultHandler = text.hasSuffix("(most recent call first):")
        var head = text[..<open.lowerBound]
        var name: Substring?
        var state: Substring?
        if isFaultHandler {
            if let bracket = head.firstRange(of: " ["), head.hasSuffix("]") {
                name = head[bracket.upperBound...].dropLast()
                head = head[..<bracket.lowerBound]
            }
        } else {
            guard let close = text[open.upperBound...].firstIndex(of: ")") else { return .none }
            state = text[open.upperBound..<close]
            let rest = text[close...].dropFirst()
            guard rest.isEmpty || rest.hasPrefix(": \"") && rest.hasSuffix("\"") && rest.count > 3 else { return .none }
            name = rest.isEmpty ? nil : rest.dropFirst(3).dropLast()
        }
        let words = head.split(separator: " ")
        let id = words.count > 1 ? words.last ?? "" : ""
        guard head == "Stack" || isIdentifier(id) else { return .none }
        // The same thread again: faulthandler was asked a second time, and prints no line before.
        if isFaultHandler, ids.contains(String(id)) { flush() }
        guard threads.count < Self.mostThreads else { return .none }
        ids.insert(String(id))
        threads.append(
            StackThread(
                id: String(id), name: name.map { String($0.prefix(200)) }, state: state.map { String($0.prefix(40)) }))
        return isFaultHandler ? .faultHandler : .pySpy
    }

    private func isIdentifier(_ word: Substring) -> Bool {
        guard word.count <= 20 else { return false }
        if word.hasPrefix("0x") || word.hasPrefix("0X") { return UInt64(word.dropFirst(2), radix: 16) != nil }
        return UInt64(word) != nil
    }

    private mutating func frame(_ text: Substring, depth: Int) -> CodePlace? {
        switch style {
        case .none: return nil
        case .pySpy:
            // Arguments and locals stand deeper; a line that is not indented belongs to something else.
            if text.isEmpty || (5...).contains(depth) { return nil }
            guard depth > 0 else {
                style = .none
                return nil
            }
            return Self.pySpyFrame(text)
        case .faultHandler:
            if let frame = Self.faultHandlerFrame(text) { return frame }
            if depth <= 0, !text.isEmpty { style = .none }
            return nil
        }
    }

    /// `load_batch (train.py:6)`, and `clock_nanosleep (libc.so.6)` of native code.
    private static func pySpyFrame(_ text: Substring) -> CodePlace? {
        guard text.hasSuffix(")"), let open = text.ranges(of: " (").last else { return nil }
        let inside = text[open.upperBound...].dropLast()
        let function = String(text[..<open.lowerBound])
        if let colon = inside.lastIndex(of: ":"), let line = Int(inside[colon...].dropFirst()) {
            return CodePlace(function: function, file: String(inside[..<colon]), line: line)
        }
        return CodePlace(function: function, file: String(inside), line: nil)
    }

    /// `File "/srv/data.py", line 88 in load_batch`; the line may be `???`.
    private static func faultHandlerFrame(_ text: Substring) -> CodePlace? {
        guard text.hasPrefix("File \""), let middle = text.ranges(of: "\", line ").last else { return nil }
        let file = text[..<middle.lowerBound].dropFirst("File \"".count)
        let words = text[middle.upperBound...].split(separator: " ", maxSplits: 2)
        guard words.count == 3, words[1] == "in" else { return nil }
        return CodePlace(function: String(words[2]), file: String(file), line: Int(words[0]))
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}
