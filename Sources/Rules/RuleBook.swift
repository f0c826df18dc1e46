import Foundation
internal import PCRE

/// All rules of a run: the built-in packs, with those of further folders added or put over them.
public struct RuleBook: Sendable {
    /// In the order of their packs.
    public private(set) var rules: [Rule] = []
    public private(set) var landmarks: [LandmarkRule] = []
    public private(set) var causality = Causality()
    private var byID: [String: Int] = [:]

    /// Loads the packs that are part of the binary, then those in `folders`, where a rule with the id of an earlier
    /// one takes its place.
    ///
    /// - Throws: ``RuleProblems`` with file, line and column of everything that is wrong.
    public init(builtIn: Bool = true, folders: [String] = []) throws(RuleProblems) {
        var problems: [RuleProblem] = []
        if builtIn {
            let packs = embeddedPackTexts.map { RulePack(text: $0.text, file: "patterns/" + $0.name) }
            add(packs, isBuiltIn: true, &problems)
        }
        for folder in folders {
            add(Self.packs(in: folder, &problems), &problems)
        }
        if !problems.isEmpty { throw RuleProblems(problems: problems) }
    }

    /// Loads one pack from its text; for tests and for trying a rule out.
    public init(packText: String, file: String = "pack.yaml") throws(RuleProblems) {
        var problems: [RuleProblem] = []
        add([RulePack(text: packText, file: file)], &problems)
        if !problems.isEmpty { throw RuleProblems(problems: problems) }
    }

    public func rule(_ id: String) -> Rule? { byID[id].map { rules[$0] } }

    /// The rule that says what to make of something inferred.
    public func rule(for inference: Rule.Inference) -> Rule? {
        rules.first { $0.shape == .inferred(inference) }
    }

    /// One layer of packs: ids must be unique within it, and replace those of earlier layers.
    private mutating func add(_ packs: [RulePack], isBuiltIn: Bool = false, _ problems: inout [RuleProblem]) {
        var layer: [String: RuleLocation] = [:]
        for pack in packs {
            problems += pack.problems
            for var rule in pack.rules {
                rule.isBuiltIn = isBuiltIn
                if let other = layer.updateValue(rule.location, forKey: rule.id) {
                    problems.append(
                        .init(location: rule.location, rule: rule.id, message: "the id is taken at \(other)"))
                }
                if let index = byID[rule.id] {
                    rules[index] = rule
                } else {
                    byID[rule.id] = rules.count
                    rules.append(rule)
                }
            }
            let ids = Set(pack.landmarks.map(\.id))
            landmarks.removeAll { ids.contains($0.id) }
            landmarks += pack.landmarks.map { landmark in
                var landmark = landmark
                landmark.isBuiltIn = isBuiltIn
                return landmark
            }
            causality.merge(pack.causality)
        }
    }

    private static func packs(in folder: String, _ problems: inout [RuleProblem]) -> [RulePack] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            problems.append(.init(location: .init(file: folder, line: 1, column: 1), rule: nil, message: "not found"))
            return []
        }
        do {
            let files =
                isFolder.boolValue
                ? try FileManager.default.contentsOfDirectory(atPath: folder)
                    .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted().map { folder + "/" + $0 }
                : [folder]
            return try files.map { RulePack(text: try String(contentsOfFile: $0, encoding: .utf8), file: $0) }
        } catch {
            problems.append(
                .init(
                    location: .init(file: folder, line: 1, column: 1), rule: nil,
                    message: "cannot be read: \(error.localizedDescription)"))
            return []
        }
    }
}

extension RuleBook {
    /// Everything about the loaded rules that cannot be seen while reading YAML: patterns that do not compile.
    public func lint() -> [RuleProblem] {
        var problems: [RuleProblem] = []
        for rule in rules {
            for pattern in rule.patterns {
                do throws(PatternError) { _ = try Pattern(pattern) } catch {
                    problems.append(
                        .init(location: rule.location(ofPattern: pattern), rule: rule.id, message: error.description))
                }
            }
        }
        for rule in landmarks {
            for pattern in rule.match + rule.unless {
                do throws(PatternError) { _ = try Pattern(pattern) } catch {
                    problems.append(.init(location: rule.location, rule: rule.id, message: error.description))
                }
            }
        }
        return problems
    }
}

extension Rule {
    /// Every pattern of the rule.
    public var patterns: [String] {
        switch shape {
        case .line(let match):
            return match + unless + recoveredBy
        case .inferred:
            return []
        case .block(let block):
            return [block.begin] + [block.until, block.continues, block.code].compactMap { $0 }
                + block.contains + block.excludes + block.captures + unless + recoveredBy
        }
    }
}
