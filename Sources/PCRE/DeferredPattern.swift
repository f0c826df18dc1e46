import Synchronization

/// A pattern that is compiled when it is first needed.
///
/// A scan of an ordinary log needs a handful of the hundreds of patterns that the rules hold, and compiling all of them
/// would take longer than reading a small log.
public final class DeferredPattern: Sendable {
    /// The pattern as written.
    public let source: String
    /// Where the compiled pattern is, 0 before it is compiled. Owned by ``result``, which never lets go of it.
    private let address = Atomic<UInt>(0)
    private let result = Mutex<Result<Pattern, PatternError>?>(nil)

    public init(_ source: String) {
        self.source = source
    }

    /// The compiled pattern; the same one for every caller and thread.
    ///
    /// - Throws: ``PatternError`` each time, for a pattern that is wrong.
    public func compiled() throws(PatternError) -> Pattern {
        // Asked for with every line that a rule is tried on, so without the lock.
        if let known = UnsafeRawPointer(bitPattern: address.load(ordering: .acquiring)) {
            return Unmanaged<Pattern>.fromOpaque(known).takeUnretainedValue()
        }
        let known = result.withLock { known in
            if let known { return known }
            let fresh: Result<Pattern, PatternError>
            do throws(PatternError) {
                fresh = .success(try Pattern(source))
            } catch {
                fresh = .failure(error)
            }
            known = fresh
            return fresh
        }
        let pattern = try known.get()
        address.store(UInt(bitPattern: Unmanaged.passUnretained(pattern).toOpaque()), ordering: .releasing)
        return pattern
    }
}
