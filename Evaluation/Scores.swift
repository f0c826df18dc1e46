/// How many of how many.
struct Share: Sendable, Encodable, Equatable {
    var right: Int
    var of: Int

    /// 0 to 100. Of nothing, nothing is wrong.
    var percent: Double { of == 0 ? 100 : Double(right) / Double(of) * 100 }

    enum CodingKeys: String, CodingKey { case right, of, percent }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(right, forKey: .right)
        try container.encode(of, forKey: .of)
        try container.encode((percent * 100).rounded() / 100, forKey: .percent)
    }
}

/// What the marks of all cases come to.
struct Scores: Sendable, Encodable {
    var cases: Int
    var crashes: Int
    /// Cases in which nothing calls for action.
    var clean: Int
    /// Crashes that several sources tell of.
    var cascades: Int
    var falseAlarms: Int
    /// By ``Measure``.
    private(set) var shares: [String: Share] = [:]
    /// One line for each case that is not all right.
    var wrong: [String]

    init(_ marks: [Mark]) {
        cases = marks.count
        clean = marks.count { $0.expected.isClean }
        crashes = cases - clean
        cascades = marks.count { $0.isCascade }
        falseAlarms = marks.count { $0.isFalseAlarm }
        wrong = marks.map(\.complaint).filter { !$0.isEmpty }
        for aspect in Aspect.allCases { self[Measure(aspect)] = Self.share(of: aspect, marks) }
        self[.cascadeRootLine] = Self.share(of: .rootLine, marks.filter(\.isCascade))
    }

    subscript(measure: Measure) -> Share? {
        get { shares[measure.rawValue] }
        set { shares[measure.rawValue] = newValue }
    }

    var cleanPercent: Double { Share(right: clean, of: cases).percent }

    private static func share(of aspect: Aspect, _ marks: [Mark]) -> Share {
        let asked = marks.compactMap { $0.isRight[aspect] }
        return Share(right: asked.count { $0 }, of: asked.count)
    }
}

/// A share that is measured, by the name under which `expected.json` states its least value.
enum Measure: String, CaseIterable, Sendable {
    case category, family
    case rootLine = "root-line"
    case verdict, outcome, ranks
    /// Of crashes that several sources tell of.
    case cascadeRootLine = "cascade-root-line"
    /// With all rules off: a right root line among the telling lines, and as the first of them.
    case tellingLine = "telling-line"
    case tellingLineFirst = "telling-line-first"

    init(_ aspect: Aspect) {
        switch aspect {
        case .category: self = .category
        case .family: self = .family
        case .rootLine: self = .rootLine
        case .verdict: self = .verdict
        case .outcome: self = .outcome
        case .ranks: self = .ranks
        }
    }

    /// What a person calls it.
    var words: String {
        switch self {
        case .category, .family, .verdict, .outcome, .ranks: rawValue
        case .rootLine: "root line"
        case .cascadeRootLine: "root line, several sources"
        case .tellingLine: "root line without rules"
        case .tellingLineFirst: "the same, as the first line"
        }
    }
}
