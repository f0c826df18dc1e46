internal import CPCRE2

/// How much work one match may cost. With these, no pattern on any line can run away.
public struct MatchLimits: Sendable, Hashable {
    /// Internal steps, roughly backtracks. A million stop `(a+)+$` within some 10 ms.
    public var backtracks: UInt32
    /// Nesting of backtracking points, for the interpreter.
    public var depth: UInt32
    /// Memory of one match, in KiB.
    public var heapKibibytes: UInt32

    public init(backtracks: UInt32, depth: UInt32, heapKibibytes: UInt32) {
        self.backtracks = backtracks
        self.depth = depth
        self.heapKibibytes = heapKibibytes
    }

    public static let standard = MatchLimits(backtracks: 1_000_000, depth: 50_000, heapKibibytes: 16 * 1024)
}

/// A match: where the whole and each group stand, in bytes of the subject.
public struct Match: Sendable {
    /// The whole match first, then the groups by number; `nil` where a group took no part.
    public let ranges: [Range<Int>?]

    /// The bytes that the whole pattern matched.
    public var range: Range<Int> { ranges.first.flatMap { $0 } ?? 0..<0 }
}

/// Runs patterns over lines. Holds the memory that matching writes on, so each thread has its own.
public struct Matcher: ~Copyable {
    private let data: OpaquePointer
    private let context: OpaquePointer
    private let stack: OpaquePointer?
    /// How often each pattern was given up.
    public private(set) var givenUp: [String: Int] = [:]

    /// A pattern that was given up this often is not tried any more: each time costs milliseconds.
    public static let patience = 16
    /// Groups beyond this number are matched but not reported.
    public static let maximumGroups = 63

    public init(limits: MatchLimits = .standard) {
        guard let data = pcre2_match_data_create_8(UInt32(Self.maximumGroups + 1), nil),
            let context = pcre2_match_context_create_8(nil)
        else { preconditionFailure("out of memory: PCRE2 could not allocate its match data") }
        pcre2_set_match_limit_8(context, limits.backtracks)
        pcre2_set_depth_limit_8(context, limits.depth)
        pcre2_set_heap_limit_8(context, limits.heapKibibytes)
        // The default of 32 KiB on the machine stack is too small for long lines with many alternatives.
        stack = pcre2_jit_stack_create_8(32 * 1024, 1024 * 1024, nil)
        if let stack { pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack)) }
        self.data = data
        self.context = context
    }

    deinit {
        pcre2_match_data_free_8(data)
        pcre2_match_context_free_8(context)
        if let stack { pcre2_jit_stack_free_8(stack) }
    }

    /// The first match of `pattern` in `subject`, or `nil` when there is none.
    ///
    /// - Parameter start: Bytes into `subject` at which the match begins at the earliest; what stands before is seen by
    ///   lookbehinds.
    /// - Throws: ``MatchError`` when a limit stopped the match before it was decided.
    public mutating func firstMatch(
        of pattern: Pattern, in subject: UnsafeRawBufferPointer, from start: Int = 0
    ) throws(MatchError) -> Match? {
        try finds(pattern, in: subject, from: start) ? Match(ranges: ranges(of: pattern)) : nil
    }

    /// Whether `pattern` matches `subject`. Where, ``found(_:of:)`` tells until the next match.
    ///
    /// - Parameter start: Bytes into `subject` at which the match begins at the earliest.
    /// - Throws: ``MatchError`` when a limit stopped the match before it was decided.
    public mutating func finds(
        _ pattern: Pattern, in subject: UnsafeRawBufferPointer, from start: Int = 0
    ) throws(MatchError) -> Bool {
        guard start >= 0, start <= subject.count else { return false }
        if !givenUp.isEmpty, let times = givenUp[pattern.source], times >= Self.patience {
            throw MatchError(
                pattern: pattern.source, kind: .abandoned, reason: "given up \(Self.patience) times, not tried any more"
            )
        }
        var code = run(pattern, subject, from: start, options: 0)
        if code == PCRE2_ERROR_JIT_STACKLIMIT {
            // The interpreter keeps its state on the heap, so it may still decide within the limits.
            code = run(pattern, subject, from: start, options: UInt32(PCRE2_NO_JIT))
        }
        if code == PCRE2_ERROR_NOMATCH { return false }
        guard code >= 0 else {
            givenUp[pattern.source, default: 0] += 1
            throw MatchError(
                pattern: pattern.source, kind: .init(code: code), reason: Pattern.message(for: code))
        }
        return true
    }

    /// Where the named group stands in the match of `pattern` that was found last.
    public func found(_ name: String, of pattern: Pattern) -> Range<Int>? {
        for known in pattern.names where known.group <= Self.maximumGroups && known.name == name {
            if let range = range(ofGroup: known.group) { return range }
        }
        return nil
    }

    /// Forgets what was given up since `earlier`, for a match that will be tried again.
    public mutating func restore(givenUp earlier: [String: Int]) { givenUp = earlier }

    /// The first match of `pattern` in `subject`, or `nil` when there is none.
    public mutating func firstMatch(
        of pattern: Pattern, in subject: [UInt8], from start: Int = 0
    ) throws(MatchError) -> Match? {
        let result: Result<Match?, MatchError> = subject.withUnsafeBytes { bytes in
            do throws(MatchError) {
                return .success(try firstMatch(of: pattern, in: bytes, from: start))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The named groups of `pattern` that take part in its first match in `text`, or `nil` when there is none.
    public mutating func captures(of pattern: Pattern, in text: [UInt8]) throws(MatchError) -> [String: String]? {
        guard let match = try firstMatch(of: pattern, in: text) else { return nil }
        return pattern.captures(of: match, in: text)
    }

    private func run(
        _ pattern: Pattern, _ subject: UnsafeRawBufferPointer, from start: Int, options: UInt32
    ) -> Int32 {
        // PCRE2 refuses a null subject, which is what an empty buffer may carry.
        guard let base = subject.baseAddress, !subject.isEmpty else {
            var nothing: UInt8 = 0
            return pcre2_match_8(pattern.code, &nothing, 0, 0, options, data, context)
        }
        if pattern.isJITCompiled, options == 0 {
            return pcre2_jit_match_8(
                pattern.code, base.assumingMemoryBound(to: UInt8.self), subject.count, start, 0, data, context)
        }
        return pcre2_match_8(
            pattern.code, base.assumingMemoryBound(to: UInt8.self), subject.count, start, options, data, context)
    }

    private func ranges(of pattern: Pattern) -> [Range<Int>?] {
        (0...min(pattern.groupCount, Self.maximumGroups)).map { range(ofGroup: $0) }
    }

    private func range(ofGroup group: Int) -> Range<Int>? {
        guard let offsets = pcre2_get_ovector_pointer_8(data) else { return nil }
        let start = offsets[2 * group]
        let end = offsets[2 * group + 1]
        // Groups that took no part are all ones, which Swift sees as -1; `\K` in a lookaround can put the start
        // behind the end.
        guard start >= 0, start <= end else { return nil }
        return start..<end
    }
}

extension Pattern {
    /// The named groups of a match, as text; bytes that are not UTF-8 become U+FFFD.
    public func captures(of match: Match, in subject: [UInt8]) -> [String: String] {
        var captures: [String: String] = [:]
        for (name, group) in names where group < match.ranges.count {
            if let range = match.ranges[group], captures[name] == nil {
                captures[name] = String(decoding: subject[range], as: UTF8.self)
            }
        }
        return captures
    }
}
