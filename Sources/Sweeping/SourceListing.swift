import CrashModel
import Foundation
import Logs

/// One file that a sweep looks at.
struct SweptFile: Sendable {
    var input: LogInput
    var facts: FileFacts
    /// Files with the same key are of one run.
    var group: String
    var isMachine: Bool
    var labels: [String: String]

    var path: String { input.source }
}

/// All files that a configuration names, as they are now.
struct SourceListing {
    private(set) var files: [SweptFile] = []
    private(set) var skipped: [SkippedInput] = []
    private(set) var unreadable: [InputReport] = []
    private(set) var notes: [String] = []

    /// - Parameters:
    ///   - fed: What was fetched of sources that are no files.
    ///   - known: Files with lines that were read before.
    init(_ configuration: SweepConfiguration, fed: FedSources, known: Set<FileIdentity>) {
        var seen: Set<FileIdentity> = []
        for (number, source) in configuration.sources.enumerated() {
            for path in fed.files[number] ?? [] { add(fed: path, source, number, &seen) }
            for pattern in source.paths {
                let matching = Glob.paths(matching: pattern)
                if matching.isEmpty { notes.append("nothing matches \(pattern)") }
                for path in matching {
                    var found = InputDiscovery(known: known).discover([path])
                    // While logs are rotated, what was listed may be gone a moment later.
                    found.unreadable.removeAll {
                        ($0.source != path || Glob.isPattern(pattern)) && Self.isGone($0.source)
                    }
                    add(found, below: path, source, number, &seen)
                }
            }
        }
    }

    private mutating func add(
        _ found: Discovered, below path: String, _ source: SweepConfiguration.Source, _ number: Int,
        _ seen: inout Set<FileIdentity>
    ) {
        skipped += found.skipped
        unreadable += found.unreadable
        for var input in found.inputs {
            guard let facts = FileFacts(path: input.source) else {
                // Gone since it was listed, or no file.
                if access(input.source, F_OK) == 0 {
                    skipped.append(SkippedInput(source: input.source, reason: "not a regular file"))
                }
                continue
            }
            guard seen.insert(facts.identity).inserted else { continue }
            input.origin.host = input.origin.host ?? source.labels["host"]
            let group = Self.group(of: input.source, below: path, source, number)
            files.append(
                SweptFile(
                    input: input, facts: facts, group: group, isMachine: source.isMachine, labels: source.labels))
        }
    }

    /// A file of fetched entries. Its name says nothing about who wrote them.
    private mutating func add(
        fed path: String, _ source: SweepConfiguration.Source, _ number: Int, _ seen: inout Set<FileIdentity>
    ) {
        guard let facts = FileFacts(path: path), seen.insert(facts.identity).inserted else { return }
        var input = LogInput(
            source: path, location: .file(path), modified: Date(timeIntervalSince1970: facts.modifiedSeconds))
        input.origin.host = source.labels["host"]
        files.append(
            SweptFile(
                input: input, facts: facts, group: "\(number):", isMachine: source.isMachine, labels: source.labels))
    }

    /// Whether the name is gone; a link to nothing is there.
    private static func isGone(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) != 0 && errno == ENOENT
    }

    private static func group(
        of path: String, below named: String, _ source: SweepConfiguration.Source, _ number: Int
    ) -> String {
        switch source.together {
        case .folder: "\(number):" + (path == named ? PathParts(path).folder : named)
        case .file: "\(number):" + path
        case .all: "\(number):"
        }
    }
}
