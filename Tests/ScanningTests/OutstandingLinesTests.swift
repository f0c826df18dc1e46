import CrashModel
import Foundation
import Logs
import Testing

@testable import Scanning

/// What is kept of these lines.
private func outstanding(_ lines: some Sequence<String>) -> OutstandingLines {
    var kept = OutstandingLines()
    for (index, text) in lines.enumerated() {
        kept.note(LogLine(number: index + 1, offset: 0, text: Array(text.utf8)), isNoise: false)
    }
    kept.finish(SourceClock(modified: nil, timeZone: .gmt))
    return kept
}

/// A word without figures, another for each number.
private func word(_ number: Int) -> String {
    var (rest, letters) = (number, "")
    repeat {
        letters.append(Character(UnicodeScalar(UInt8(97 + rest % 26))))
        rest /= 26
    } while rest > 0
    return letters + "q"
}

extension OutstandingLines {
    fileprivate var texts: [String] { candidates.map { String(decoding: $0.message, as: UTF8.self) } }
}

@Suite("Lines that stand out")
struct OutstandingLinesTests {
    @Test("each shape is kept once, by its first line, and counted")
    func firstOfEach() {
        let kept = outstanding(["step 1", "step 2", "odd one", "step 3", "step 4", ""])
        #expect(kept.texts == ["step 1", "odd one"])
        #expect(kept.candidates.map(\.line) == [1, 3])
        #expect(kept.candidates.map { kept.shapes[$0.shape] } == [4, 1])
        #expect(kept.candidates.map { kept.isCommon($0.shape) } == [true, false])
        #expect(kept.seen == 5)
    }

    @Test("100,000 lines that all differ keep memory small, and the last of them are there")
    func bounded() throws {
        let kept = outstanding((0..<100_000).lazy.map { "word \(word($0)) here" })
        #expect(kept.seen == 100_000)
        #expect(kept.shapes.count <= OutstandingLines.mostShapes)
        #expect(kept.candidates.count <= OutstandingLines.mostCandidates)
        #expect(kept.candidates.last?.line == 100_000)
        #expect(kept.candidates.map(\.line) == kept.candidates.map(\.line).sorted())
    }

    @Test("what a rule knows to be noise is counted, and stands out from nothing")
    func noise() {
        var kept = OutstandingLines()
        let line = LogLine(number: 1, offset: 0, text: Array("the disk burst".utf8))
        kept.note(line, isNoise: true)
        kept.finish(SourceClock(modified: nil, timeZone: .gmt))
        #expect(kept.candidates.isEmpty)
        #expect(kept.shapes[LineShape(line.message)] == 1)
    }

    @Test("a long line is kept by its beginning")
    func longLine() {
        let kept = outstanding([String(repeating: "long ", count: 10_000)])
        #expect(kept.candidates.first?.message.count == OutstandingLines.keptBytes + 1)
    }

    @Test("what turns out to be common makes room for what does not")
    func commonGivesWay() {
        // 200 shapes that come five times each, with one line of its own among the first.
        var lines = ["the disk burst"]
        for round in 0..<5 { lines += (0..<200).map { "word \(word($0)) \(round)" } }
        lines += (0..<130).map { "late \(word($0))" }
        #expect(outstanding(lines).texts.contains("the disk burst"))
    }

    @Test("a line that comes for ever, once there are too many shapes, does not push out what is rare")
    func beyondCapacity() {
        let many = (0..<OutstandingLines.mostShapes).map { "word \(word($0)) here" }
        let kept = outstanding(many + ["the disk burst"] + Array(repeating: "still waiting", count: 1000))
        let rare = kept.texts.count { $0 == "the disk burst" }
        let common = kept.texts.count { $0 == "still waiting" }
        #expect(rare == 1)
        #expect(common == 1)
    }
}

@Suite("The counter of an unknown loop")
struct RisingCounterTests {
    @Test(
        "is the number of a shape that rises at least five times",
        arguments: [
            ([1, 2, 3, 4, 5, 6], 6), ([10, 20, 30, 40, 50, 999], 999), ([1, 1, 2, 2, 3, 4, 5, 6, 6], 6),
            ([1, 2, 3, 4, 5], nil), ([9, 8, 7, 6, 5, 4, 3], nil), ([1, 2, 3, 4, 5, 6, 1], nil),
            ([7, 7, 7, 7, 7, 7, 7], nil),
            ([], nil),
        ] as [([Int], Int?)])
    func series(values: [Int], expected: Int?) {
        #expect(outstanding(values.map { "shard \($0) packed" }).counter?.value == expected)
    }

    @Test("that fell once is none any more, however it rises later")
    func fallen() {
        let lines = ([5, 3] + Array(1...50)).map { "temperature \($0) degrees" }
        #expect(outstanding(lines).counter == nil)
    }

    @Test("that rose most often is told, with its last line")
    func mostRises() throws {
        var lines: [String] = []
        for number in 1...30 {
            lines.append("shard \(number) packed")
            if number % 3 == 0 { lines.append("folder \(number) closed") }
        }
        let counter = try #require(outstanding(lines).counter)
        #expect(String(decoding: counter.message, as: UTF8.self) == "shard 30 packed")
        #expect(counter.line == 39)
        #expect(counter.rises == 29)
    }

    @Test("takes the first whole number of its line")
    func firstNumber() {
        let lines = (1...8).map { "loss 0.\($0) after item \($0 * 3) of 24" }
        #expect(outstanding(lines).counter?.value == 24)
    }

    @Test("is found behind a long list of settings")
    func afterSettings() {
        let settings = (0..<100).map { "\(word($0))_size: \($0)" }
        let loop = (1...50).map { "shard \($0) packed" }
        #expect(outstanding(settings + loop).counter?.value == 50)
        #expect(outstanding(settings.prefix(20) + loop).counter?.value == 50)
    }

    @Test("is placed in time by its first and its last line")
    func times() throws {
        let start = try #require(Date(iso8601: "2026-03-01T10:00:00Z"))
        var kept = OutstandingLines()
        var clock = SourceClock(modified: nil, timeZone: .gmt)
        for number in 1...10 {
            let stated = StatedTime(form: .wall(start + Double(number)), zoneStated: true)
            clock.note(stated, line: number)
            kept.note(
                LogLine(number: number, offset: 0, text: Array("shard \(number) packed".utf8), stated: stated),
                isNoise: false)
        }
        kept.finish(clock)
        #expect(kept.counter?.first.date == start + 1)
        #expect(kept.counter?.last.date == start + 10)
        kept.eachTime { $0 = $0.shifted(by: 3600) }
        #expect(kept.counter?.last.date == start + 3610)
        #expect(kept.candidates.first?.time.date == start + 3601)
    }
}
