import CrashModel
import Foundation
import Logs
import Recording
import Yams

/// One case of `fixtures/`: logs as a machine left them, and what an expert reads from them.
struct Case: Sendable {
    var name: String
    var expected: Expectation
    /// The case's logs, named as someone who stands in its folder names them: `logs/train.log`.
    var inputs: [LogInput]
    /// What was recorded of its machine, where that is part of the case.
    var archive = RecordingArchive()

    /// Whether a scan reads any of it. A case of which it passes over every file would be right or wrong for nothing.
    var isRead: Bool { !inputs.isEmpty }

    /// A crash that several sources tell of.
    var isCascade: Bool { !expected.isClean && inputs.count >= 2 }

    /// Reads every folder below `folder` that has an `expected.yaml`, in the order of their names.
    ///
    /// - Throws: ``CaseError`` for the first that cannot be understood, and when there is none.
    static func all(in folder: String) throws(CaseError) -> [Case] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var cases: [Case] = []
        for name in names.sorted() where FileManager.default.fileExists(atPath: "\(folder)/\(name)/expected.yaml") {
            cases.append(try read(name, in: folder))
        }
        if cases.isEmpty { throw CaseError(place: folder, problem: "holds no case; name the folder with --cases") }
        return cases
    }

    private static func read(_ name: String, in folder: String) throws(CaseError) -> Case {
        let place = "\(folder)/\(name)"
        let file = place + "/expected.yaml"
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw CaseError(place: file, problem: "cannot be read")
        }
        let expected = try Expectation(yaml: text, file: file)
        let found = InputDiscovery().discover([place + "/logs"])
        if let unreadable = found.unreadable.first {
            throw CaseError(place: unreadable.source, problem: unreadable.problem ?? "cannot be read")
        }
        if found.inputs.isEmpty && found.skipped.isEmpty {
            throw CaseError(place: place + "/logs", problem: "holds no log")
        }
        // The name of the case must not tell the engine anything.
        let inputs = found.inputs.map { $0.renamed(String($0.source.dropFirst(place.count + 1))) }
        var read = Case(name: name, expected: expected, inputs: inputs)
        if CaseRecording.exists(in: place) {
            read.archive.add(CaseRecording(place: place), place: "recording", isNamed: true)
        }
        return read
    }
}

/// A case that is no case, with the place and what is wrong there.
struct CaseError: Error, CustomStringConvertible {
    var place: String
    var problem: String

    var description: String { "\(place): \(problem)" }
}

/// What a case's `expected.yaml` says; `fixtures/README.md` explains the keys.
struct Expectation: Sendable, Decodable {
    /// Lines of one source of which each is right.
    struct Lines: Sendable, Decodable {
        var source: String
        var lines: [Int]
    }

    struct Root: Sendable, Decodable {
        var source: String
        var lines: [Int]
        /// The same record in another source, which is as good.
        var also: [Lines]?
    }

    /// A word, or a list of words of which each is right.
    struct Words: Sendable, Decodable {
        var words: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            words = try (try? container.decode([String].self)) ?? [container.decode(String.self)]
        }
    }

    /// What `category` says where nothing calls for action.
    static let none = "none"

    var category: String
    var accept: [String]?
    var verdict: Words?
    var outcome: Words?
    var root: Root?
    /// Only where the logs name the rank of the cause.
    var ranks: [Int]?

    /// - Parameter file: where `yaml` stands, for the message.
    /// - Throws: ``CaseError`` for what cannot be read, and for a crash without a root or the other way around.
    init(yaml: String, file: String) throws(CaseError) {
        do {
            self = try YAMLDecoder().decode(Expectation.self, from: yaml)
        } catch {
            throw CaseError(place: file, problem: "\(error)")
        }
        if isClean != (root == nil) {
            throw CaseError(
                place: file,
                problem: isClean ? "category none has no root" : "a crash needs the lines of its root")
        }
    }

    /// Whether nothing in the logs calls for action: no crash, or one that was recovered from.
    var isClean: Bool { category == Self.none }

    var family: String { Category(category).family }

    /// Every category that is right.
    var categories: [String] { [category] + (accept ?? []) }

    /// Every place of the root that is right.
    var places: [Lines] {
        root.map { [Lines(source: $0.source, lines: $0.lines)] + ($0.also ?? []) } ?? []
    }

    /// Whether the root may be said to stand here.
    func isRoot(_ source: String, _ line: Int) -> Bool {
        places.contains { $0.source == source && $0.lines.contains(line) }
    }
}
