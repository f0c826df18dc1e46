import CrashModel
import Foundation
package import Yams

/// Reads `faultline.yaml`. What is misspelt is an error with its line, not a source that is silently not read.
public struct SweepConfigurationFile: Sendable {
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// Where a configuration is looked for: here, with the user's settings, with the machine's.
    public static func usualPlaces(environment: [String: String]) -> [String] {
        let home =
            environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? environment["HOME"].map { $0 + "/.config" }
        return ["faultline.yaml"] + (home.map { [$0 + "/faultline/faultline.yaml"] } ?? [])
            + ["/etc/faultline/faultline.yaml"]
    }

    public func read() throws(SweepError) -> SweepConfiguration {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SweepError(
                .configuration,
                "cannot read the configuration \(path). Write one with: faultline sweep --init > faultline.yaml")
        }
        let folder = PathParts(path).folder
        return try parse(String(decoding: data, as: UTF8.self), folder: folder.isEmpty ? "." : folder)
    }

    /// - Parameter folder: What relative paths are relative to.
    func parse(_ text: String, folder: String) throws(SweepError) -> SweepConfiguration {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw noYAML(error)
        }
        guard let root else { throw problem("it is empty: it needs 'sources'", at: nil) }
        var configuration = SweepConfiguration(sources: [])
        var seenSources = false
        for (key, value) in try mapping(root, "the file", keys: ["sources", "settle", "notify"]) {
            switch key {
            case "sources":
                seenSources = true
                guard let items = value.sequence else { throw problem("'sources' must be a list", at: value) }
                if items.isEmpty { throw problem("'sources' is empty: name what to read", at: value) }
                for item in items { configuration.sources.append(try source(item, folder)) }
            // Whom to tell is read by who tells them.
            case "notify": break
            default: configuration.settle = try seconds(value, key)
            }
        }
        guard seenSources else { throw problem("'sources' is missing", at: root) }
        return configuration
    }

    private func source(_ node: Node, _ folder: String) throws(SweepError) -> SweepConfiguration.Source {
        var source = SweepConfiguration.Source(paths: [])
        var reading = FeedReading()
        for (key, value) in try mapping(
            node, "a source", keys: ["paths", "together", "machine", "labels"] + FeedReading.keys)
        {
            switch key {
            case "paths": source.paths = try texts(value, key).map { whole($0, folder) }
            case "together":
                guard let word = value.string.flatMap(SweepConfiguration.Together.init(rawValue:)) else {
                    let words = SweepConfiguration.Together.allCases.map(\.rawValue).joined(separator: ", ")
                    throw problem("'together' must be one of \(words)", at: value)
                }
                source.together = word
            case "machine": (source.isMachine, reading.saysMachine) = (try flag(value, key), true)
            case let key where FeedReading.keys.contains(key): try read(feed: key, value, folder, &reading)
            default:
                guard let labels = value.mapping else {
                    throw problem("'labels' must be names with values, such as 'job: llama'", at: value)
                }
                for (name, label) in labels {
                    guard let name = name.string, let label = label.string else {
                        throw problem("a label must be a name with a text", at: label)
                    }
                    source.labels[name] = label
                }
            }
        }
        try finish(&source, reading, node)
        return source
    }

    /// A path with `~` as a shell takes it, and the folder that it is relative to.
    func whole(_ path: String, _ folder: String) -> String {
        let whole =
            path.hasPrefix("~/")
            ? HomeFolder.path(environment: ProcessInfo.processInfo.environment) + path.dropFirst() : path
        return whole.hasPrefix("/") || folder == "." ? whole : folder + "/" + whole
    }

    package func mapping(
        _ node: Node, _ what: String, keys: [String]
    ) throws(SweepError) -> [(key: String, value: Node)] {
        guard let mapping = node.mapping else {
            throw problem("\(what) must hold keys with values; known are \(keys.joined(separator: ", "))", at: node)
        }
        var entries: [(key: String, value: Node)] = []
        for (key, value) in mapping {
            let name = key.string ?? "?"
            guard keys.contains(name) else {
                throw problem(
                    "unknown key '\(name.prefix(60))'; known here are \(keys.joined(separator: ", "))", at: key)
            }
            if entries.contains(where: { $0.key == name }) { throw problem("'\(name)' stands twice", at: key) }
            entries.append((name, value))
        }
        return entries
    }

    package func texts(_ node: Node, _ key: String) throws(SweepError) -> [String] {
        if let text = node.string, !text.isEmpty { return [text] }
        guard let items = node.sequence else { throw problem("'\(key)' must be a list of texts", at: node) }
        var texts: [String] = []
        for item in items {
            guard let text = item.string, !text.isEmpty else {
                throw problem("'\(key)' must hold texts only, and none empty", at: item)
            }
            texts.append(text)
        }
        return texts
    }

    func flag(_ node: Node, _ key: String) throws(SweepError) -> Bool {
        guard let value = node.bool else { throw problem("'\(key)' must be true or false", at: node) }
        return value
    }

    private func seconds(_ node: Node, _ key: String) throws(SweepError) -> Double {
        guard let value = node.float, value >= 0, value <= 3600 else {
            throw problem("'\(key)' must be a number of seconds, 0 to 3600", at: node)
        }
        return value
    }

    /// The parser's own description quotes the line, in which a secret may stand.
    package func noYAML(_ error: any Error) -> SweepError {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            SweepError(.configuration, "\(path):\(mark.line): this is no YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            SweepError(
                .configuration, "\(path):\(context.mark.line): '\(keys.first?.prefix(60) ?? "a key")' stands twice")
        default: SweepError(.configuration, "\(path): this is no YAML")
        }
    }

    package func problem(_ message: String, at node: Node?) -> SweepError {
        let line = node?.mark.map { ":\($0.line)" } ?? ""
        return SweepError(.configuration, "\(path)\(line): \(message)")
    }
}
