/// Why a pattern could not be compiled.
public struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The pattern as written.
    public let pattern: String
    /// Bytes into ``pattern`` at which PCRE2 gave up.
    public let offset: Int
    /// PCRE2's own words.
    public let reason: String
    /// PCRE2's error number.
    public let code: Int32

    public var description: String { "\(reason) at offset \(offset) of '\(pattern)'" }
}

/// Why a match was given up. Never to be taken for "no match".
public struct MatchError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of limit or failure it was. Open, so that a new PCRE2 code breaks nobody.
    public struct Kind: Sendable, Hashable {
        public let code: Int32

        public init(code: Int32) { self.code = code }

        /// The pattern backtracked more often than ``MatchLimits/backtracks``.
        public static let tooManyBacktracks = Kind(code: -47)
        /// The pattern ran into one of the other limits too often, and is not tried any more.
        public static let abandoned = Kind(code: .min)
        /// The pattern nested deeper than ``MatchLimits/depth``.
        public static let tooDeep = Kind(code: -53)
        /// The match needed more memory than ``MatchLimits/heapKibibytes``.
        public static let tooMuchMemory = Kind(code: -63)
    }

    public let pattern: String
    public let kind: Kind
    /// PCRE2's own words.
    public let reason: String

    public var description: String { "\(reason) while matching '\(pattern)'" }
}
