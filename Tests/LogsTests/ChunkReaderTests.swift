import Foundation
import Testing

@testable import Logs

@Suite("Reading in chunks")
struct ChunkReaderTests {
    private func chunks(_ bytes: [UInt8], limit: Int, chunkBytes: Int) -> (chunks: [LogChunk], reader: [Int]) {
        var reader = ChunkReader(
            LogInput(source: "t", location: .memory(bytes)), limits: ReadingLimits(lineBytes: limit),
            chunkBytes: chunkBytes)
        var all: [LogChunk] = []
        while let chunk = reader.next() { all.append(chunk) }
        return (all, [reader.bytes, reader.pendingNewlines, reader.endsInsideLine ? 1 : 0])
    }

    @Test(
        "chunks hold every byte once and end where segments do",
        arguments: [16, 17, 64, 1000], ["a\nbb\r\nccc\rdddd\n\n\neeeee", "", "\n", "no end", "\r\n\r\n", "x\n"])
    func whole(chunkBytes: Int, text: String) {
        let bytes = Array(String(repeating: text, count: 9).utf8)
        let (all, reader) = chunks(bytes, limit: 100_000, chunkBytes: chunkBytes)
        #expect(all.flatMap { Array($0.bytes) } == bytes)
        var position = 0
        for chunk in all {
            #expect(chunk.position == position)
            position += chunk.bytes.count
            #expect(!chunk.isCut)
            if position < bytes.count { #expect([0x0a, 0x0d].contains(chunk.bytes.last ?? 0)) }
        }
        #expect(reader == [bytes.count, 0, bytes.last.map { $0 != 0x0a ? 1 : 0 } ?? 0])
    }

    @Test("a line beyond the limit is cut there, and the one after it is whole")
    func longLine() throws {
        let bytes = Array(("short\n" + String(repeating: "x", count: 500) + "\nafter\n").utf8)
        let (all, _) = chunks(bytes, limit: 40, chunkBytes: 40)
        let cut = try #require(all.first { $0.isCut })
        #expect(cut.bytes.count == 40)
        let after = try #require(all.last)
        #expect(String(decoding: after.bytes, as: UTF8.self) == "after\n")
        #expect(after.newlinesBefore == 1)
        #expect(after.position == 507)
    }

    @Test("a file that is cut short or grows while it is read ends where it ends, and nothing breaks")
    func changingFile() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString + ".log")
        defer { try? FileManager.default.removeItem(at: url) }
        let line = "step 1 loss 2.0\n"
        try Data(String(repeating: line, count: 100_000).utf8).write(to: url)
        func reader() -> ChunkReader {
            ChunkReader(
                LogInput(source: url.path(), location: .file(url.path())), limits: ReadingLimits(), chunkBytes: 4096)
        }
        var shrinking = reader()
        let next = shrinking.next()
        let first = try #require(next)
        #expect(truncate(url.path(), 100) == 0)
        while shrinking.next() != nil {}
        #expect(shrinking.problem == nil)
        #expect(shrinking.bytes < 100_000)
        // What was read before stays what it was: nothing is mapped.
        #expect(first.bytes.starts(with: Array(line.utf8)))

        var growing = reader()
        _ = growing.next()
        let handle = try FileHandle(forWritingTo: url)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("\nthe end\n".utf8))
        var last: [UInt8] = []
        while let chunk = growing.next() { last = Array(chunk.bytes) }
        #expect(growing.problem == nil)
        #expect(last.isEmpty || String(decoding: last, as: UTF8.self).hasSuffix("the end\n"))
    }
}
