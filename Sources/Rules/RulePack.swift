internal import CrashModel
internal import Literals
internal import Yams

/// The content of one pack file.
struct RulePack {
    var rules: [Rule] = []
    var landmarks: [LandmarkRule] = []
    var causality = Causality()
    var problems: [RuleProblem] = []

    /// Reads a pack. What is wrong with it is collected, not thrown, so that one run shows all of it.
    init(text: String, file: String) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            problems.append(Self.problem(for: error, file: file))
            return
        } catch {
            problems.append(.init(location: .init(file: file, line: 1, column: 1), rule: nil, message: "\(error)"))
            return
        }
        guard let root, var fields = YAMLFields(root, file: file) else {
            problems.append(
                .init(
                    location: .init(file: file, line: 1, column: 1), rule: nil,
                    message: "a rule pack is a mapping with the keys 'pack' and 'rules'"))
            return
        }
        let pack = fields.required("pack")
        for node in items("rules", of: &fields) {
            readRule(node, file: file, pack: pack)
        }
        for kind in LandmarkRule.Kind.allCases {
            for node in items(kind.rawValue, of: &fields) {
                readLandmark(node, kind: kind, file: file)
            }
        }
        for node in items("causality", of: &fields) {
            readLaw(node, file: file)
        }
        for node in items("tiers", of: &fields) {
            causality.tiers.append(node.sequence?.compactMap(\.string) ?? [])
        }
        causality.lostRank = fields.strings("lost-rank")
        for node in items("observations", of: &fields) {
            readTestimony(node, file: file)
        }
        fields.refuseUnknownKeys()
        problems += fields.problems
    }

    /// Literals of all the patterns, each of which must have some.
    private static func literals(of patterns: [String]) -> [[UInt8]]? {
        var all: Set<[UInt8]> = []
        for pattern in patterns {
            guard let literals = RequiredLiterals.of(pattern) else { return nil }
            all.formUnion(literals)
        }
        return all.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func items(_ key: String, of fields: inout YAMLFields) -> [Node] {
        guard let node = fields.node(key) else { return [] }
        guard let items = node.sequence else {
            fields.problem("'\(key)' must be a list", at: node)
            return []
        }
        return Array(items)
    }

    private mutating func readRule(_ node: Node, file: String, pack: String) {
        guard var fields = YAMLFields(node, file: file) else {
            let place = YAMLFields.location(of: node, file: file)
            problems.append(.init(location: place, rule: nil, message: "a rule is a mapping"))
            return
        }
        let id = fields.required("id")
        fields.rule = id
        let role = fields.choice("role", as: Role.self)
        if role == nil, fields.node("role") == nil { fields.problem("'role' is missing") }
        let severity = fields.choice("severity", as: Severity.self)
        if severity == nil, fields.node("severity") == nil { fields.problem("'severity' is missing") }
        let category = fields.required("category")
        if !category.isEmpty, !category.contains("{"), !Category(category).isKnown {
            fields.problem("unknown category '\(category)'", at: fields.node("category"))
        }
        let match = fields.patterns("match")
        var places: [String: RuleLocation] = [:]
        let block = fields.node("block").flatMap { readBlock($0, file: file, rule: id, places: &places) }
        if block != nil, fields.node("unless") != nil {
            fields.problem(
                "a block says what it must not hold under 'excludes', not 'unless'", at: fields.node("unless"))
        }
        let inferred = fields.choice("inferred", as: Rule.Inference.self)
        let recorded = fields.strings("recorded")
        for kind in recorded where !MachineObservation.kinds.contains(kind) {
            fields.problem("unknown observation '\(kind)'", at: fields.node("recorded"))
        }
        if [!match.isEmpty, block != nil, inferred != nil, !recorded.isEmpty].count(where: { $0 }) != 1 {
            fields.problem("a rule needs one of 'match', 'block', 'inferred' and 'recorded'")
        }
        let examples = fields.strings("examples")
        let counterexamples = fields.strings("counterexamples")
        let isOfLines = inferred == nil && recorded.isEmpty
        if isOfLines, examples.isEmpty { fields.problem("needs at least one example") }
        if isOfLines, counterexamples.isEmpty { fields.problem("needs at least one counterexample") }
        let verdict = fields.choice("verdict", as: Verdict.self)
        let advice = items("advice", of: &fields).compactMap { readAdvice($0, file: file, rule: id) }
        if match.contains("") { fields.problem("an empty pattern matches everything", at: fields.node("match")) }
        for line in advice.compactMap(\.command) where Self.quotesCapture(line) {
            fields.problem(
                "a capture in quotes could leave them; write it bare, it is quoted for you", at: fields.node("advice"))
        }
        let isSilent = role == .noise || role == .teardown || severity == .warning
        if !isSilent, verdict == nil { fields.problem("'verdict' is missing") }
        if !isSilent, advice.isEmpty { fields.problem("'advice' is missing") }
        var rule = Rule(
            id: id, title: fields.required("title"), category: category, severity: severity ?? .error,
            reads: readKinds(&fields),
            shape: inferred.map { .inferred($0) } ?? block.map { .block($0) }
                ?? (recorded.isEmpty ? .line(match) : .recorded(recorded)),
            unless: fields.patterns("unless"), role: role ?? .root, explains: fields.strings("explains"),
            verdict: verdict ?? .nothing,
            priority: fields.int("priority") ?? Rule.defaultPriority(for: role ?? .root),
            recoveredBy: fields.patterns("recovered-by"), advice: advice, references: fields.strings("references"),
            examples: examples, counterexamples: counterexamples, pack: pack, location: fields.location)
        rule.literals = Self.literals(of: rule.telling)
        rule.sampled = fields.flag("sampled")
        rule.patternPlaces = fields.places.merging(places) { own, _ in own }
        fields.refuseUnknownKeys()
        problems += fields.problems
        rules.append(rule)
    }

    private func readKinds(_ fields: inout YAMLFields) -> Set<LogKind> {
        var kinds: Set<LogKind> = []
        for word in fields.strings("reads") where word != "any" {
            if let kind = LogKind(rawValue: word) {
                kinds.insert(kind)
            } else {
                fields.problem("'reads' knows kernel, training, scheduler, container and any, not '\(word)'")
            }
        }
        return kinds
    }

    private mutating func readBlock(
        _ node: Node, file: String, rule: String, places: inout [String: RuleLocation]
    ) -> BlockShape? {
        guard var fields = YAMLFields(node, file: file) else { return refuse(node, "'block' is a mapping", file, rule) }
        fields.rule = rule
        let shape = BlockShape(
            begin: fields.pattern("begin") ?? fields.required("begin"), until: fields.pattern("until"),
            continues: fields.pattern("continues"), code: fields.pattern("code"),
            contains: fields.patterns("contains"), excludes: fields.patterns("excludes"),
            captures: fields.patterns("captures"), limit: fields.int("limit") ?? 200,
            anchor: fields.choice("at", as: BlockShape.Anchor.self) ?? .begin)
        if shape.limit < 1 { fields.problem("'limit' must be at least 1", at: fields.node("limit")) }
        if shape.anchor == .end, shape.until == nil {
            fields.problem("'at: end' needs 'until'")
        }
        places = fields.places
        fields.refuseUnknownKeys()
        problems += fields.problems
        return shape
    }

    private mutating func readAdvice(_ node: Node, file: String, rule: String) -> Advice? {
        guard var fields = YAMLFields(node, file: file) else {
            return refuse(node, "advice is a mapping with 'do' and 'why'", file, rule)
        }
        fields.rule = rule
        let advice = Advice(
            action: fields.required("do"), reason: fields.required("why"), command: fields.string("run"))
        fields.refuseUnknownKeys()
        problems += fields.problems
        return advice
    }

    private mutating func readLandmark(_ node: Node, kind: LandmarkRule.Kind, file: String) {
        guard var fields = YAMLFields(node, file: file) else {
            let _: LandmarkRule? = refuse(node, "a landmark is a mapping", file, nil)
            return
        }
        let id = fields.required("id")
        fields.rule = id
        var rule = LandmarkRule(
            id: id, kind: kind, match: fields.patterns("match"), unless: fields.patterns("unless"),
            examples: fields.strings("examples"), counterexamples: fields.strings("counterexamples"),
            location: fields.location)
        if kind == .telling {
            rule.weight = fields.int("weight") ?? 0
            if rule.weight == 0 { fields.problem("'weight' is missing: a number, below zero for what means little") }
        }
        rule.literals = Self.literals(of: rule.match)
        if rule.match.isEmpty { fields.problem("'match' is missing") }
        if rule.examples.isEmpty { fields.problem("needs at least one example") }
        fields.refuseUnknownKeys()
        problems += fields.problems
        landmarks.append(rule)
    }

    private mutating func readLaw(_ node: Node, file: String) {
        guard var fields = YAMLFields(node, file: file) else {
            let _: Causality.Law? = refuse(node, "a law is a mapping with 'cause' and 'explains'", file, nil)
            return
        }
        let law = Causality.Law(
            cause: fields.required("cause"), explains: fields.strings("explains"), except: fields.strings("except"))
        fields.refuseUnknownKeys()
        problems += fields.problems
        causality.laws.append(law)
    }

    private mutating func readTestimony(_ node: Node, file: String) {
        guard var fields = YAMLFields(node, file: file) else {
            let _: Causality.Testimony? = refuse(
                node, "an observation is a mapping with 'kind', 'supports' and 'weakens'", file, nil)
            return
        }
        let kind = fields.required("kind")
        if !kind.isEmpty, !MachineObservation.kinds.contains(kind) {
            fields.problem("unknown observation '\(kind)'", at: fields.node("kind"))
        }
        let testimony = Causality.Testimony(
            observation: kind, supports: fields.strings("supports"), weakens: fields.strings("weakens"))
        if testimony.supports.isEmpty, testimony.weakens.isEmpty {
            fields.problem("needs 'supports' or 'weakens'")
        }
        fields.refuseUnknownKeys()
        problems += fields.problems
        causality.testimonies.append(testimony)
    }

    /// Whether a `{capture}` stands inside quotes of a shell command.
    static func quotesCapture(_ command: String) -> Bool {
        var quote: Character?
        var index = command.startIndex
        while index < command.endIndex {
            let character = command[index]
            if let open = quote {
                if character == open {
                    quote = nil
                } else if character == "{", let close = command[index...].firstIndex(of: "}") {
                    let name = command[command.index(after: index)..<close]
                    if !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) {
                        return true
                    }
                }
            } else if character == "'" || character == "\"" {
                quote = character
            }
            index = command.index(after: index)
        }
        return false
    }

    /// Notes that `node` is of the wrong kind.
    private mutating func refuse<T>(_ node: Node, _ message: String, _ file: String, _ rule: String?) -> T? {
        problems.append(.init(location: YAMLFields.location(of: node, file: file), rule: rule, message: message))
        return nil
    }

    private static func problem(for error: YamlError, file: String) -> RuleProblem {
        switch error {
        case .scanner(_, let reason, let mark, _), .parser(_, let reason, let mark, _),
            .composer(_, let reason, let mark, _):
            RuleProblem(
                location: .init(file: file, line: mark.line, column: mark.column), rule: nil,
                message: "not valid YAML: \(reason)")
        default:
            RuleProblem(
                location: .init(file: file, line: 1, column: 1), rule: nil, message: "not valid YAML: \(error)")
        }
    }
}
