import CrashModel
import Foundation
import Logs

/// What there is to do: the files of each run, and in which of them something may be new.
struct SweepWork {
    let files: [SweptFile]
    let matches: [ContentMatcher.Match]
    /// The files of each run, by index.
    let runs: [[Int]]
    let machine: [Int]

    init(files: [SweptFile], matches: [ContentMatcher.Match]) {
        self.files = files
        self.matches = matches
        machine = files.indices.filter { files[$0].isMachine }
        runs = Dictionary(grouping: files.indices.filter { !files[$0].isMachine }) { files[$0].group }
            .sorted { $0.key < $1.key }.map(\.value)
    }

    var hasNews: Bool { files.indices.contains(where: isNews) }

    func isNews(_ index: Int) -> Bool {
        switch matches[index] {
        case .new: files[index].facts.size > 0
        case .continued: true
        case .unchanged, .copy, .unsettled, .unreadable: false
        }
    }

    /// The cursor of a file's content, by its index.
    func cursor(of index: Int) -> Int? {
        switch matches[index] {
        case .unchanged(let cursor), .continued(let cursor): cursor
        case .new, .copy, .unsettled, .unreadable: nil
        }
    }

    // MARK: - Where the contents are

    /// Notes under which name each content stands now, and which of them no file holds any more.
    func noteWhereContentsAre(in state: inout SweepState, _ outcome: inout SweepOutcome, now: Date) {
        var held: Set<Int> = []
        var listed: Set<FileIdentity> = []
        var unreadable: Set<FileIdentity> = []
        for (index, file) in files.enumerated() {
            listed.insert(file.facts.identity)
            if let cursor = cursor(of: index) {
                held.insert(cursor)
                if case .unchanged = matches[index] { state.cursors[cursor].path = file.path }
                state.cursors[cursor].missingSince = nil
                state.cursors[cursor].isLossTold = false
            }
            guard case .unreadable(let problem) = matches[index] else { continue }
            unreadable.insert(file.facts.identity)
            guard let problem else { continue }
            outcome.unreadable.append(InputReport(source: file.path, complete: false, problem: problem))
        }
        for index in state.cursors.indices where !held.contains(index) {
            let cursor = state.cursors[index]
            if unreadable.contains(cursor.facts.identity) { continue }
            // Not asked for this time, and still there.
            if !listed.contains(cursor.facts.identity), FileFacts(path: cursor.path)?.identity == cursor.facts.identity
            {
                continue
            }
            guard cursor.missingSince != nil else {
                state.cursors[index].missingSince = now
                continue
            }
            // Only the second time: while a log is rotated it may be nowhere for a moment.
            guard !cursor.isLossTold else { continue }
            state.cursors[index].isLossTold = true
            if let note = Self.loss(cursor) { outcome.notes.append(note) }
        }
    }

    /// What may have been lost with a content that is gone; nothing when it had long come to rest.
    private static func loss(_ cursor: ContentCursor) -> String? {
        if cursor.isDump || cursor.isCompressed { return nil }
        let unread = cursor.facts.size - cursor.position
        if unread > 0 {
            return "\(cursor.path) was removed or emptied with \(unread) bytes that were not read"
        }
        let quiet = cursor.readAt.timeIntervalSince1970 - cursor.facts.modifiedSeconds
        guard abs(quiet) < 86_400 else { return nil }
        return "\(cursor.path) was removed or emptied, and no file holds what stood there: what was written after byte "
            + "\(cursor.position) (\(cursor.readAt.iso8601)) was not read"
    }
}
