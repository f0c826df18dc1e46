// scan-benchmark LOG [RULES...]
//
// Scans LOG with the first 60, 300, all built-in and 1000 rules (or the numbers given), one thread, and prints the best
// of five times each. Rules beyond the built-in ones are made up, with texts that stand in no log.
import BuiltInRules
import CrashModel
import Foundation
import Logs
import Rules
import Scanning

@main
struct ScanBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let path = arguments.first else {
            FileHandle.standardError.write(Data("usage: scan-benchmark LOG [RULES...]\n".utf8))
            exit(2)
        }
        let all = RuleBook.builtIn.rules.count
        let counts = arguments.dropFirst().compactMap { Int($0) }
        let input = LogInput(source: path, location: .file(path))
        var first: Double?
        for count in counts.isEmpty ? [60, 300, all, 1000] : counts {
            let compiled = try CompiledRules(try book(of: count))
            let scanner = LiteralScanner(compiled)
            var best = Duration.seconds(3600)
            var bytes = 0
            for _ in 0..<5 {
                let time = ContinuousClock().measure { bytes = scanner.scan(input).input.bytes }
                best = min(best, time)
            }
            let seconds = best / .seconds(1)
            let ratio = first.map { seconds / $0 } ?? 1
            first = first ?? seconds
            print(
                String(
                    format: "%5d rules: %7.1f ms, %5.2f GB/s, %4.2f times the first", count, seconds * 1000,
                    Double(bytes) / seconds / 1e9, ratio))
        }
    }

    /// The first `count` built-in rules in an order without meaning, with made-up ones where they are too few.
    private static func book(of count: Int) throws -> RuleBook {
        let ids = RuleBook.builtIn.rules.map(\.id).sorted { scattered($0) < scattered($1) }
        let kept = Set(ids.prefix(count))
        var book = RuleBook.builtIn.keeping { kept.contains($0.id) }
        guard count > ids.count else { return book }
        let folder = FileManager.default.temporaryDirectory.appending(path: "scan-benchmark-\(getpid()).yaml")
        defer { try? FileManager.default.removeItem(at: folder) }
        let rules = (ids.count..<count).map { number in
            """
              - {id: made-up.\(number), title: Made up, category: unknown, severity: error, role: root, verdict: restart,
                 advice: [{do: nothing, why: it is made up}], match: ['\(word(number)) \(word(number * 7)) failed with \\d+'],
                 examples: ['\(word(number)) \(word(number * 7)) failed with 3'], counterexamples: [x]}
            """
        }
        try Data(("pack: made-up\nrules:\n" + rules.joined(separator: "\n") + "\n").utf8).write(to: folder)
        try book.add(packsIn: [folder.path()])
        return book
    }

    private static func scattered(_ text: String) -> UInt64 {
        text.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }

    private static func word(_ number: Int) -> String {
        var state = scattered(String(number))
        return String(
            (0..<9).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Character(UnicodeScalar(UInt8(ascii: "a") + UInt8((state >> 40) % 26)))
            })
    }
}
