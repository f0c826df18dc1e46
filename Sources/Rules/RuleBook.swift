import CrashModel
import Foundation
internal import Literals
internal import PCRE

/// All rules of a run: the built-in packs, with those of further folders added or put over them.
public struct RuleBook: Sendable {
    /// In the order of their packs.
    public private(set) var rules: [Rule] = []
    public private(set) var landmarks: [LandmarkRule] = []
    public private(set) var causality = Causality()
    private var byID: [String: Int] = [:]

    /// A book of rules that are part of the program.
    init(rules: [Rule], landmarks: [LandmarkRule], causality: Causality) {
        self.rules = rules.map { rule in
            var rule = rule
            rule.isBuiltIn = true
            return rule
        }
        self.landmarks = landmarks.map { rule in
            var rule = rule
            rule.isBuiltIn = true
            return rule
        }
        self.causality = causality
        byID = Dictionary(rules.enumerated().map { ($1.id, $0) }) { first, _ in first }
    }

    /// Loads the packs in these folders or files, and nothing else.
    ///
    /// - Throws: ``RuleProblems`` with file, line and column of everything that is wrong.
    public init(packsIn paths: [String]) throws(RuleProblems) {
        try add(packsIn: paths)
    }

    /// Loads packs over those that are there: a rule with the id of an earlier one takes its place.
    ///
    /// - Throws: ``RuleProblems`` with file, line and column of everything that is wrong.
    public mutating func add(packsIn paths: [String]) throws(RuleProblems) {
        var problems: [RuleProblem] = []
        for path in paths {
            add(Self.packs(in: path, &problems), &problems)
        }
        if !problems.isEmpty { throw RuleProblems(problems: problems) }
    }

    /// Loads one pack from its text; for tests and for trying a rule out.
    public init(packText: String, file: String = "pack.yaml") throws(RuleProblems) {
        var problems: [RuleProblem] = []
        add([RulePack(text: packText, file: file)], &problems)
        if !problems.isEmpty { throw RuleProblems(problems: problems) }
    }

    /// The same book with only some of its rules.
    public func keeping(_ isIncluded: (Rule) -> Bool) -> RuleBook {
        var book = self
        book.rules = rules.filter(isIncluded)
        book.byID = Dictionary(book.rules.enumerated().map { ($1.id, $0) }) { first, _ in first }
        return book
    }

    public func rule(_ id: String) -> Rule? { byID[id].map { rules[$0] } }

    /// The rule that says what to make of something inferred.
    public func rule(for inference: Rule.Inference) -> Rule? {
        rules.first { $0.shape == .inferred(inference) }
    }

    /// One layer of packs: ids must be unique within it, and replace those of earlier layers.
    private mutating func add(_ packs: [RulePack], _ problems: inout [RuleProblem]) {
        var layer: [String: RuleLocation] = [:]
        for pack in packs {
            problems += pack.problems
            for rule in pack.rules {
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
            landmarks += pack.landmarks
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
    /// Everything about the loaded rules that cannot be seen while reading YAML: patterns that do not compile, and rules
    /// that would have to be tried on every line of every log.
    public func lint() -> [RuleProblem] {
        var problems: [RuleProblem] = []
        for rule in rules {
            for name in rule.unsureCaptures {
                problems.append(
                    .init(
                        location: rule.location, rule: rule.id,
                        message: "a match need not hold '{\(name)}' of the title: put what depends on it in brackets, "
                            + "as in '[GPU {\(name)}|A GPU] ran out of memory'"))
            }
            for pattern in rule.patterns {
                do throws(PatternError) { _ = try Pattern(pattern) } catch {
                    problems.append(
                        .init(location: rule.location(ofPattern: pattern), rule: rule.id, message: error.description))
                    continue
                }
                if !rule.isQuick, rule.telling.contains(pattern), !Self.isQuick(RequiredLiterals.of(pattern)) {
                    problems.append(
                        .init(
                            location: rule.location(ofPattern: pattern), rule: rule.id,
                            message: Self.slowness(pattern)))
                }
            }
        }
        for rule in landmarks {
            if rule.kind == .success || rule.kind == .checkpoint {
                problems += rule.match.filter { !Self.isQuick(RequiredLiterals.of($0)) }.map {
                    .init(location: rule.location, rule: rule.id, message: Self.slowness($0))
                }
            }
            for pattern in rule.match + rule.unless {
                do throws(PatternError) { _ = try Pattern(pattern) } catch {
                    problems.append(.init(location: rule.location, rule: rule.id, message: error.description))
                }
            }
        }
        return problems
    }
}

extension RuleBook {
    private static func slowness(_ pattern: String) -> String {
        "every match must hold a fixed text of \(LiteralSearch.shortestLiteral) bytes or more, or the rule is slow on "
            + "every log: '\(pattern)'"
    }

    /// Whether these literals can be looked for in whole files at once.
    fileprivate static func isQuick(_ literals: [[UInt8]]?) -> Bool {
        literals?.allSatisfy { $0.count >= LiteralSearch.shortestLiteral } ?? false
    }
}

extension Rule {
    /// Whether ordinary lines can be passed over without a look at this rule: its literals are looked for in whole
    /// files at once, or it only speaks about lines that are looked at for another reason.
    public var isQuick: Bool {
        switch shape {
        case .inferred, .recorded: true
        case .line: isOfferedCloseUp || RuleBook.isQuick(literals)
        case .block: RuleBook.isQuick(literals)
        }
    }

    /// Whether lines are offered to the rule only where they are looked at closely: what is noise, or noise after the
    /// fact, is of interest only where something was found.
    public var isOfferedCloseUp: Bool {
        if case .line = shape { sampled || role == .noise || role == .teardown } else { false }
    }

    /// The patterns of which one must match a line for the rule to say anything.
    public var telling: [String] {
        switch shape {
        case .line(let match): match
        case .block(let block): [block.begin]
        case .inferred, .recorded: []
        }
    }

    /// Every pattern of the rule.
    public var patterns: [String] {
        switch shape {
        case .line(let match):
            return match + unless + recoveredBy
        case .inferred, .recorded:
            return []
        case .block(let block):
            return [block.begin] + [block.until, block.continues, block.code].compactMap { $0 }
                + block.contains + block.excludes + block.captures + unless + recoveredBy
        }
    }
}
