public import CrashModel
public import Foundation

/// What a list needs of an incident's record: a hundred thousand of them are read in a second.
public struct LedgerHeadline: Sendable, Hashable {
    public var id: String
    public var fingerprint: String
    public var title: String
    public var category: CrashModel.Category
    public var verdict: Verdict
    public var host: String?
    /// Of the line that says why: the path as it was given to the scan.
    public var source: String
    public var line: Int
    public var firstSeen: Date?
    public var recordedAt: Date

    /// When it happened: the log's own time, else when it was found.
    public var occurredAt: Date { firstSeen ?? recordedAt }

    public init(_ record: LedgerRecord) {
        id = record.id
        fingerprint = record.fingerprint
        title = record.title
        category = record.category
        verdict = record.verdict
        host = record.host
        source = record.root.source
        line = record.root.line
        firstSeen = record.firstSeen
        recordedAt = record.recordedAt
    }

    /// Nil where a field is missing or senseless.
    init?(_ outline: JSONOutline) {
        guard let id = outline.string("id"), let fingerprint = outline.string("fingerprint"),
            let title = outline.string("title"), let category = outline.string("category"),
            let verdict = outline.string("verdict").flatMap(Verdict.init(rawValue:)),
            let recordedAt = outline.date("recorded_at"), let rootText = outline.value("root")
        else { return nil }
        var root = JSONOutline()
        guard root.read(rootText), let source = root.string("source"), let line = root.int("line") else { return nil }
        let firstSeen = outline.date("first_seen")
        if firstSeen == nil, let text = outline.value("first_seen"), !text.elementsEqual("null".utf8) { return nil }
        self.id = id
        self.fingerprint = fingerprint
        self.title = title
        self.category = CrashModel.Category(category)
        self.verdict = verdict
        host = outline.string("host")
        self.source = source
        self.line = line
        self.firstSeen = firstSeen
        self.recordedAt = recordedAt
    }
}
