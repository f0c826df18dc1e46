import Foundation
public import Logs
public import Rules

/// Runs the examples of rules against all rules, and says which rule wins each.
public struct RuleTrial: Sendable {
    /// One example that did not do what it is there for.
    public struct Failure: Sendable, Hashable {
        public var rule: String
        public var location: RuleLocation
        public var example: String
        /// Rules that won a line of the example instead; empty when none did.
        public var winners: [String]
        public var isCounterexample: Bool
    }

    public struct Result: Sendable {
        public var rules: Int
        public var examples: Int
        public var failures: [Failure]
    }

    private let book: RuleBook
    private let compiled: CompiledRules
    private let scale: TellingScale

    /// - Throws: ``RuleProblems`` for patterns that do not compile.
    public init(_ book: RuleBook) throws(RuleProblems) {
        self.book = book
        compiled = try CompiledRules(book)
        scale = try TellingScale(book, kinds: Set(LandmarkRule.Kind.allCases).subtracting(LandmarkRule.Kind.ofRuns))
    }

    /// Tries the rules that `isIncluded` accepts; all rules of the book compete.
    public func run(including isIncluded: (Rule) -> Bool = { _ in true }) -> Result {
        var result = Result(rules: 0, examples: 0, failures: [])
        for rule in book.rules where isIncluded(rule) {
            result.rules += 1
            for (texts, isCounterexample) in [(rule.examples, false), (rule.counterexamples, true)] {
                for text in texts {
                    result.examples += 1
                    let winners = winners(of: text)
                    if winners.contains(rule.id) == isCounterexample {
                        result.failures.append(
                            Failure(
                                rule: rule.id, location: rule.location, example: text,
                                winners: winners.filter { $0 != rule.id }, isCounterexample: isCounterexample))
                    }
                }
            }
        }
        for rule in book.landmarks {
            for (texts, isCounterexample) in [(rule.examples, false), (rule.counterexamples, true)] {
                for text in texts {
                    result.examples += 1
                    if landmarks(of: text).contains(rule.id) == isCounterexample {
                        result.failures.append(
                            Failure(
                                rule: rule.id, location: rule.location, example: text, winners: landmarks(of: text),
                                isCounterexample: isCounterexample))
                    }
                }
            }
        }
        return result
    }

    /// The rules that win a line of `text`, or a block in it; each once, in the order of the lines.
    public func winners(of text: String) -> [String] {
        pass(over: text).winners
    }

    /// The rules that win a line of `input`, or a block in it, noise included; each once, in the order of the lines.
    /// Every line is offered to every rule that can match it, also those that a scan would pass over.
    public func winners(in input: LogInput) -> [String] {
        // A dump holds no lines.
        input.isFlightRecorderDump ? [] : pass(over: input, isSelective: true).winners
    }

    private func landmarks(of text: String) -> [String] {
        pass(over: text).landmarks
    }

    private func pass(over text: String) -> (winners: [String], landmarks: [String]) {
        pass(
            over: LogInput(source: "example", location: .memory(Array(text.utf8))), isSelective: false,
            weighing: scale)
    }

    private func pass(
        over input: LogInput, isSelective: Bool, weighing scale: TellingScale? = nil
    ) -> (winners: [String], landmarks: [String]) {
        var winners: [String] = []
        var landmarks: [String] = []
        var telling: [String] = []
        var pass = SourcePass(compiled, input, limits: .init(), timeZone: .gmt, isSelective: isSelective)
        pass.trace = SourcePass.Trace()
        let summary = LogReader(input).forEachLine { line in
            pass.accept(line, pass.offer(line, all: true), isSample: false)
            if let scale { telling += scale.weigh(line.message).kinds }
        }
        _ = pass.finish(summary)
        for id in pass.trace?.winners ?? [] where !winners.contains(id) { winners.append(id) }
        for id in (pass.trace?.landmarks ?? []) + telling where !landmarks.contains(id) { landmarks.append(id) }
        return (winners, landmarks)
    }
}
