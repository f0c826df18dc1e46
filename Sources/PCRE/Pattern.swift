internal import CPCRE2

/// A compiled PCRE2 pattern over bytes.
///
/// Patterns see bytes, not characters: `.` is one byte, classes are ASCII, and invalid UTF-8 in a log stops nothing.
/// `(*UTF)` and `(*UCP)` in a pattern are refused for that reason. A pattern never changes once it is compiled, so
/// threads may share it; what a match needs to write on belongs to a ``Matcher``.
public final class Pattern: Sendable {
    /// The pattern as written.
    public let source: String
    /// Named groups in order of their number.
    public let names: [(name: String, group: Int)]
    /// Whether PCRE2's just-in-time compiler took it; matching is some ten times slower without.
    public let isJITCompiled: Bool

    /// How many groups the pattern has, the whole match not counted.
    let groupCount: Int

    // Owned by this object and read-only after `init`, which is what makes sharing safe.
    nonisolated(unsafe) let code: OpaquePointer

    /// Compiles `source`.
    ///
    /// - Throws: ``PatternError`` with the offset at which the pattern is wrong.
    public init(_ source: String) throws(PatternError) {
        var text = source
        var errorCode: Int32 = 0
        var errorOffset = 0
        let options = UInt32(PCRE2_NEVER_UTF) | UInt32(PCRE2_NEVER_UCP) | UInt32(PCRE2_NEVER_BACKSLASH_C)
        let compiled = text.withUTF8 { bytes in
            pcre2_compile_8(bytes.baseAddress, bytes.count, options, &errorCode, &errorOffset, nil)
        }
        guard let compiled else {
            throw PatternError(
                pattern: source, offset: errorOffset, reason: Self.message(for: errorCode), code: errorCode)
        }
        code = compiled
        self.source = source
        isJITCompiled = pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE)) == 0
        names = Self.names(in: compiled)
        groupCount = Self.groupCount(of: compiled)
    }

    deinit {
        pcre2_code_free_8(code)
    }

    private static func groupCount(of code: OpaquePointer) -> Int {
        var count: UInt32 = 0
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &count)
        return Int(count)
    }

    static func message(for code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
            let length = pcre2_get_error_message_8(code, buffer.baseAddress, buffer.count)
            guard length >= 0 else { return "PCRE2 error \(code)" }
            return String(decoding: buffer.prefix(Int(length)), as: UTF8.self)
        }
    }

    /// Reads PCRE2's name table: fixed-size entries of a big-endian group number and a zero-terminated name.
    private static func names(in code: OpaquePointer) -> [(name: String, group: Int)] {
        var count: UInt32 = 0
        var entrySize: UInt32 = 0
        var table: UnsafePointer<UInt8>?
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMECOUNT), &count)
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMEENTRYSIZE), &entrySize)
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMETABLE), &table)
        guard let table else { return [] }
        return (0..<Int(count)).map { index in
            let entry = table + index * Int(entrySize)
            let group = Int(entry[0]) << 8 | Int(entry[1])
            return (String(cString: entry + 2), group)
        }.sorted { $0.1 < $1.1 }
    }
}
