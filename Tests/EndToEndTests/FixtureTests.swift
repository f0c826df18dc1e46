import Foundation
import Testing
import Yams

/// What a case's `expected.yaml` says; fixtures/README.md explains the keys.
struct ExpectedCase: Decodable {
    struct Root: Decodable {
        var source: String
        var lines: [Int]
        /// The same record in another source, which is as good.
        var also: [Place]?
    }

    struct Place: Decodable {
        var source: String
        var lines: [Int]
    }

    var title: String
    var category: String
    var accept: [String]?
    var verdict: OneOrMore?
    var outcome: OneOrMore?
    var root: Root?
    var ranks: [Int]?

    /// A word, or a list of words of which each is right.
    struct OneOrMore: Decodable {
        var words: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            words = try (try? container.decode([String].self)) ?? [container.decode(String.self)]
        }
    }
}

@Suite("Cases")
struct FixtureTests {
    static let folder = FaultlineProcess.packageFolder.appending(path: "fixtures")

    static let cases: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? [])
        .filter { FileManager.default.fileExists(atPath: folder.path() + "/" + $0 + "/expected.yaml") }.sorted()

    @Test("there are enough of them, clean ones too")
    func count() throws {
        #expect(Self.cases.count >= 16)
        #expect(Self.cases.count { $0.hasPrefix("clean-") } >= 4)
    }

    @Test("each is diagnosed as its expected.yaml says", arguments: cases)
    func diagnosis(name: String) throws {
        let folder = Self.folder.appending(path: name)
        let text = try String(contentsOf: folder.appending(path: "expected.yaml"), encoding: .utf8)
        let expected = try YAMLDecoder().decode(ExpectedCase.self, from: text)
        let hasRecording = FileManager.default.fileExists(atPath: folder.appending(path: "recording").path())
        let recording = hasRecording ? ["--recording", "recording"] : []
        let run = try FaultlineProcess.run(
            ["scan", "--format", "json", "--no-ledger", "logs"] + recording, in: folder)
        let incidents = try run.incidents()
        let crashes = incidents.filter { ["terminal", "unresolved"].contains($0["outcome"] as? String) }
        guard let wanted = expected.root else {
            #expect(crashes.isEmpty, "\(expected.title)")
            #expect(run.status == 0)
            return
        }
        #expect(run.status == 1)
        let first = try #require(incidents.first)
        let category = try #require(first["category"] as? String)
        #expect(([expected.category] + (expected.accept ?? [])).contains(category))
        #expect(expected.verdict?.words.contains(first["verdict"] as? String ?? "") == true)
        #expect(expected.outcome?.words.contains(first["outcome"] as? String ?? "") == true)
        let root = try #require(first["root"] as? [String: Any])
        let places = [ExpectedCase.Place(source: wanted.source, lines: wanted.lines)] + (wanted.also ?? [])
        #expect(
            places.contains { $0.source == root["source"] as? String && $0.lines.contains(root["line"] as? Int ?? 0) },
            "said \(root["source"] ?? "nothing"):\(root["line"] ?? 0)")
        if let ranks = expected.ranks { #expect(first["ranks"] as? [Int] == ranks) }
        let advice = try #require(first["advice"] as? [[String: Any]])
        #expect(!advice.isEmpty)
        // No capture was left unfilled.
        #expect(advice.allSatisfy { !(($0["do"] as? String) ?? "{x}").contains(/\{\w+\}/) })
    }

    @Test("the kernel's process table becomes the incident's context")
    func kernelReport() throws {
        let run = try FaultlineProcess.run(
            ["scan", "--format", "json", "--no-ledger", "logs"],
            in: Self.folder.appending(path: "host-oom-needs-kernel-log"))
        let context = try #require(try run.incidents().first?["context"] as? [String: Any])
        #expect(context["origin"] as? String == "kernel-oom-report")
        let processes = try #require(context["processes"] as? [[String: Any]])
        let sizes = processes.compactMap { $0["resident"] as? Int }
        #expect(sizes == sizes.sorted(by: >))
        #expect(sizes.first ?? 0 > 1 << 30)
        #expect(processes.contains { $0["victim"] as? Bool == true })
    }
}
