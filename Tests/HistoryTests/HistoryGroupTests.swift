import CrashModel
import Foundation
import History
import Testing

@Suite struct HistoryGroupTests {
    static let day: TimeInterval = 86400

    static func contents(_ ages: [(id: String, fingerprint: String, days: Double?)]) -> LedgerContents {
        LedgerContents(
            incidents: ages.map { age in
                LedgerRecord(
                    incident(age.id, fingerprint: age.fingerprint, firstSeen: age.days.map { scannedAt - $0 * day }),
                    recordedAt: scannedAt - day)
            })
    }

    @Test("Groups stand newest first and say how often")
    func groups() {
        let contents = Self.contents([
            ("a", "f1", 16), ("b", "f2", 1), ("c", "f1", 9), ("d", "f1", 2), ("e", "f1", 5),
        ])
        let groups = contents.groups(now: scannedAt)
        #expect(groups.map(\.fingerprint) == ["f2", "f1"])
        #expect(groups[1].records.map(\.id) == ["d", "e", "c", "a"])
        #expect(groups[1].summary == "seen 4 times in 14 days, last 2 days ago")
        #expect(groups[0].summary == "seen once, last 24 hours ago")
        #expect(groups[1].entry.place == "logs/rank3.log:19")
        #expect(groups[1].entry.count == 4 && groups[1].first == scannedAt - 16 * Self.day)
    }

    @Test("An incident without a time of its own counts from when it was found")
    func recordedTime() {
        let contents = Self.contents([("a", "f1", nil)])
        #expect(contents.sightings(ofFingerprint: "f1")?.last == scannedAt - Self.day)
    }

    @Test("A scan's own incidents are not seen before")
    func excluding() {
        let contents = Self.contents([("a", "f1", 3), ("b", "f1", 1)])
        #expect(contents.sightings(ofFingerprint: "f1", excludingIDs: ["b"])?.count == 1)
        #expect(contents.sightings(ofFingerprint: "f1", excludingIDs: ["a", "b"]) == nil)
        #expect(contents.sightings(ofFingerprint: "f9") == nil)
    }

    @Test(
        "Only what struck earlier was seen before, whenever it was recorded",
        arguments: [("a", 0), ("b", 1), ("c", 2), ("d", 3)])
    func order(id: String, count: Int) throws {
        let contents = Self.contents([("d", "f1", 1), ("a", "f1", 9), ("c", "f1", 2), ("b", "f1", 5)])
        let record = try #require(contents.incidents.first { $0.id == id })
        let seen = contents.sightings(ofFingerprint: "f1", excludingIDs: [id], before: record.occurredAt)
        #expect(seen?.count ?? 0 == count)
        #expect(seen?.last.map { $0 < record.occurredAt } ?? (count == 0))
    }

    @Test(
        "Spans are told in the largest unit that fits",
        arguments: [
            (1, 0, "once"), (2, 0, "twice in 1 minute"), (3, 1, "3 times in 60 minutes"),
            (3, 2, "3 times in 2 hours"), (4, 336, "4 times in 14 days"), (9, 4800, "9 times in 7 months"),
            (9, 21600, "9 times in 2 years"),
        ] as [(Int, Int, String)])
    func frequency(count: Int, hours: Int, words: String) {
        let first = scannedAt - Double(hours) * 3600
        #expect(PastSightings(count: count, first: first, last: scannedAt).frequency == words)
    }

    @Test("A clock a little ahead is now")
    func future() {
        #expect(PastSightings(count: 1, first: nil, last: scannedAt + 5).lastAge(now: scannedAt) == "just now")
        #expect(PastSightings(count: 1, first: nil, last: nil).lastAge(now: scannedAt) == nil)
    }
}
