import BuiltInRules
import Foundation
import Rules
import Testing

@testable import Rereading

@Suite("Looking lines up again")
struct LogLookupTests {
    private func file(_ text: String, _ name: String = "run.log") throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "faultline-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path()
    }

    @Test(
        "the lines around are those of the file, with their numbers, also at its ends",
        arguments: [([1], 1...4), ([500], 497...503), ([1000], 997...1000), ([2, 6, 9], 1...12), ([5000], nil)]
            as [([Int], ClosedRange<Int>?)])
    func around(numbers: [Int], expected: ClosedRange<Int>?) throws {
        for ending in ["", "\n"] {
            let path = try file((1...1000).map { "line \($0)" }.joined(separator: "\n") + ending)
            let result = LogLookup().look(for: [path: Set(numbers)])
            let lines = try #require(result.lines[path])
            #expect(lines.map(\.number) == expected.map(Array.init) ?? [])
            #expect(lines.allSatisfy { $0.text == "line \($0.number)" })
            #expect((result.problems[path] == nil) == (expected != nil))
        }
    }

    @Test("lines beyond the first megabyte, and lines that span the pieces it is read in, are found")
    func large() throws {
        let path = try file(
            (1...60_000).map { "\($0) " + String(repeating: "x", count: $0 % 97) }.joined(separator: "\n") + "\n")
        let result = LogLookup().look(for: [path: [10, 30_000, 59_999]])
        let lines = try #require(result.lines[path])
        #expect(lines.map(\.number) == Array(7...13) + Array(29_997...30_003) + Array(59_996...60_000))
        #expect(lines.allSatisfy { $0.text.hasPrefix("\($0.number) ") })
        #expect(lines.allSatisfy { $0.text.utf8.count == "\($0.number) ".utf8.count + $0.number % 97 })
    }

    @Test("what is not there, no file, or standard input is said, with the others' lines found")
    func missing() throws {
        let path = try file("one\ntwo\n")
        let result = LogLookup().look(for: [
            path: [1], "-": [3], "/nowhere/x.log": [1], "/tmp": [1], "/dev/null": [1], path + "2": [.max],
        ])
        #expect(result.lines[path]?.map(\.text) == ["one", "two"])
        #expect(result.problems.count == 5)
        #expect(result.problems["-"]?.contains("standard input") == true)
    }

    @Test("escape sequences are gone, and a line of ten megabytes is cut")
    func cleaned() throws {
        let path = try file("\u{1b}[31mred\u{1b}[0m\n" + String(repeating: "y", count: 10_000_000) + "\nend\n")
        let lines = try #require(LogLookup().look(for: [path: [2]]).lines[path])
        #expect(lines.first?.text == "red")
        #expect(lines.count == 3)
        #expect(lines[1].text.utf8.count <= 20_000)
    }

    @Test("what logs state of machine and software is found once for each value")
    func facts() throws {
        let path = try file(
            """
            Linux version 5.15.0-1048-aws (buildd@lcy02)
            NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.161.08  Tue Feb 20
            python 3.10.12, torch 2.3.1+cu121, cuda 12.1
            python 3.10.12, torch 2.3.1+cu121, cuda 12.1

            """)
        let facts = FactFinder(RuleBook.builtIn).facts(in: LogLookup().look(for: [path: []]).heads)
        #expect(
            facts.map { "\($0.name) \($0.value) \($0.line)" } == [
                "kernel 5.15.0-1048-aws 1", "nvidia-driver 535.161.08 2", "cuda 12.1 3", "torch 2.3.1+cu121 3",
                "python 3.10.12 3",
            ])
    }

    @Test("a rule's match is told in code points, and one that does not match is none")
    func marks() {
        var marks = RuleMarks(RuleBook.builtIn)
        let line = "пар NVRM: Xid (PCI:0000:3b:00): 79, pid=1, GPU has fallen off the bus."
        let span = marks.span(of: "gpu.xid.79", in: line)
        #expect(span.map { $0.lowerBound >= 0 && $0.upperBound <= line.unicodeScalars.count } == true)
        #expect(marks.span(of: "gpu.xid.79", in: "nothing") == nil)
        #expect(marks.span(of: "no.such.rule", in: line) == nil)
    }
}
