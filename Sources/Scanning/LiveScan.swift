import CrashModel
public import Foundation
import Logs

/// The scan of a source that is still being written: takes what comes, and says at any time what a scan of all that came
/// would find.
///
/// Asking changes nothing: what is said at the end is what one scan of the whole source says.
public final class LiveScan {
    private var chunks: ChunkScan
    private var cutter: ChunkCutter
    private let search: DeferredSearch?
    private let limits: ReadingLimits
    private let origin: LineOrigin
    private var preview: (key: Key, scan: SourceScan)?

    private struct Key: Equatable {
        var bytes: Int
        var rest: Int
        var forgotten: Int
    }

    private var forgotten = 0

    init(
        _ pass: consuming SourcePass, _ input: LogInput, search: DeferredSearch?, limits: ReadingLimits
    ) {
        chunks = ChunkScan(pass, input, limits: limits)
        cutter = ChunkCutter(limits: limits)
        self.search = search
        self.limits = limits
        origin = input.origin
    }

    public func append(_ bytes: UnsafeRawBufferPointer) {
        cutter.append(bytes) { chunks.take(SearchedChunk($0, search, limits)) }
    }

    /// When the source was written last.
    public var modified: Date? {
        didSet { if let modified, modified != oldValue { chunks.noteModified(modified) } }
    }

    /// Rises whenever something was found, healed or begun.
    public var changes: Int { chunks.changes }
    /// Rises whenever training is seen to advance or to end well.
    public var advances: Int { chunks.advances }
    /// The number of the line that is being written.
    public var nextLine: Int { chunks.lineNumber + cutter.pendingNewlines }
    /// Whether a line was begun and not ended.
    public var hasHalfLine: Bool { cutter.hasRest }
    /// Bytes of that line so far.
    public var halfLineBytes: Int { cutter.restBytes }
    /// Bytes so far, without the line that is being written.
    public var bytes: Int { cutter.bytes }

    /// What a scan would find if the source ended here.
    ///
    /// - Parameter halfLine: with the line that is being written, as far as it is there.
    public func scan(halfLine: Bool = false) -> SourceScan {
        let rest = halfLine ? cutter.rest() : nil
        let key = Key(bytes: cutter.bytes, rest: rest?.bytes.count ?? -1, forgotten: forgotten)
        if let preview, preview.key == key { return preview.scan }
        let reading = ChunkFeed.Reading(
            bytes: cutter.bytes + (rest?.bytes.count ?? 0), trailingNewlines: rest == nil ? cutter.pendingNewlines : 0,
            endsInsideLine: rest != nil || cutter.endsInsideLine)
        var scan = chunks.preview(reading, rest: rest.map { SearchedChunk($0, search, limits) })
        scan.origin = origin
        preview = (key, scan)
        return scan
    }

    /// Drops findings that end before a line, for a source that is followed for weeks.
    public func forgetFindings(before line: Int) {
        chunks.forgetFindings(before: line)
        forgotten += 1
    }
}
