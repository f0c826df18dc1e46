import CrashModel
import Foundation
import TestSupport
import Testing

@testable import Logs

struct LineViewTests {
    private static let lines: [String] = [
        "2026-03-01 10:00:00,012 INFO dataset.reader: part (412.3 MB/s)", "[rank3]: boom", "plain", "x", "é",
        "Nov 21 04:15:12 vm kernel: [ 9992.575238] oops", "Nov 21 04:15:12 vm app[3]: a#012b", "[1,3]<stderr>:hello",
        "3: task", "4: task", "[default7]:x[default3]:y", "1.0s/it]W1121 04:02:59.426000 1 a.py:3] late", "Mar 1",
        "[May19 19:57] up", "[  +0.000127] later", "3,12,5000000,-;text\\x0aagain", "host:1:2 [3] NCCL WARN x",
        "(RayActor pid=812, ip=10.0.0.1) y", "Rank 7] Rank 8] [Rank 9]", "kern  :info  : word", "user: not one",
        "abcrank [rank1] rRank 5]", "\u{1b}[31mred", "{\"log\":\"a\\n\",\"stream\":\"stderr\"}", "[34mlost",
        "2019-04-30T02:12:41.8443515Z stdout F message", "févr. 3 10:00:00 x: y", "trainer-1  | hello", "a.log:12: b",
    ]

    /// What a maker makes of lines, with views where there are any.
    private func made(_ texts: [String], viewing: Bool, head: Int) -> [LogLine] {
        let limits = ReadingLimits(headBytes: head)
        var maker = LineMaker(LogInput(source: "x", location: .memory([])), limits: limits)
        var lines: [LogLine] = []
        var position = 0
        for (index, text) in texts.enumerated() {
            let bytes = Array(text.utf8)
            let wasViewed = bytes.withUnsafeBufferPointer { bytes in
                guard viewing,
                    let view = maker.view(
                        bytes, number: index + 1, offset: position, position: position, truncated: false)
                else { return false }
                let before = lines.count
                maker.take(view) { lines.append($0) }
                let made = Array(lines[before...])
                if view.isWhole {
                    #expect(made.count == 1)
                    #expect(made.first?.message == Array(view.message) && made.first?.stated == view.stated)
                    #expect(made.first?.origin.rank == view.rank && made.first?.origin.stream == view.stream)
                }
                return true
            }
            if !wasViewed {
                maker.take(LogSegment(number: index + 1, offset: position, position: position, bytes: bytes)) {
                    lines.append($0)
                }
            }
            position += bytes.count + 1
        }
        maker.finish { lines.append($0) }
        return lines
    }

    @Test("A line that is viewed and then made is the line that is made at once", arguments: [0, 200, 100_000])
    func viewing(head: Int) {
        var random = Seeded(7)
        for _ in 0..<(60 * caseFactor) {
            let texts = (0..<30).map { _ in Self.lines.randomElement(using: &random) ?? "" }
            let (viewed, plain) = (made(texts, viewing: true, head: head), made(texts, viewing: false, head: head))
            #expect(viewed.map { "\($0)" } == plain.map { "\($0)" })
            #expect(!plain.isEmpty)
        }
    }

    @Test("A byte that has to be cleaned away is seen at any place of a line", arguments: 0..<40)
    func cleaning(place: Int) {
        for (odd, needs) in [
            ([0x1b], true), ([0x00], true), ([0x1f], true), ([0x7f], true), ([0xc2, 0x85], true),
            ([0xc2, 0xa0], false),
            ([0x5b, 0x33], true), ([0x5b, 0x6d], true), ([0x5b, 0x78], false), ([0x09], false), ([0x80], false),
            ([0xff], false), ([0x20], false), ([0x7e], false), ([0x5c, 0x33], false), ([0xc3, 0x85], false),
        ] as [([UInt8], Bool)] {
            var line = [UInt8](repeating: UInt8(ascii: "a"), count: 41)
            line.replaceSubrange(place..<min(place + odd.count, 41), with: odd)
            #expect(line.withUnsafeBufferPointer(LineCleaner.needsCleaning) == needs, "\(odd) at \(place)")
        }
    }

    @Test(
        "A rank in a message is found wherever it stands",
        arguments: [
            ("[Rank 3] x", 3), ("[rank3] x", 3), ("xx GUID 1 Rank 3] x", 3), ("rrank [ran [rank12]", 12),
            ("rankrank Rank 4]", 4), ("[rakn] [rank 5]", 5), ("nan [Rank7] x", 7), ("bank [rank] x", nil),
            ("[rank3", nil), ("xrank 3]", nil),
        ] as [(String, Int?)])
    func ranks(text: String, rank: Int?) {
        for padding in 0..<8 {
            let line = String(repeating: ". ", count: padding) + text
            var prefix = Prefix()
            ByteCursor.reading(Array(line.utf8)) { $0.readRankInText(&prefix) }
            #expect(prefix.origin.rank == rank, "\(line)")
        }
    }
}
