import Scanning
import Testing

@testable import Diagnosis

@Suite("A loss that jumps")
struct LossSpikeTests {
    /// The index of the value at which the spike is found.
    private func spike(_ losses: [Double], steps: [Int]? = nil) throws -> Int? {
        let lines = losses.enumerated().map { "step \(steps?[$0.offset] ?? $0.offset) loss \($0.element)" }
        return try LossSpike.find(in: Bench().scan("t.log", lines).progress).map { $0.line - 1 }
    }

    @Test(
        "and stays is found where it jumps",
        arguments: [
            ([1.3, 1.2, 1.2, 1.1, 1.2, 4.0, 6.0, 5.5, 5.0, 5.2], 5),
            // The early fall of a run is not held against it: only the stretch before the jump has to be steady.
            ([9, 5, 3] + Array(repeating: 1.2, count: 12) + [4, 4, 4, 4], 15),
            // At the end of the log four values are enough, after three steady ones.
            ([1.2, 1.2, 1.2, 4, 4, 4, 4], 3), ([1.2, 1.2, 4, 4, 4, 4, 4], 2),
            // It may wander, but far above.
            ([1, 1, 1, 1, 8, 3, 9, 2.5, 7], 4),
            // An explosion needs but two.
            ([1, 1, 1, 500, 900], 3),
        ] as [([Double], Int)])
    func found(losses: [Double], index: Int) throws {
        #expect(try spike(losses) == index)
    }

    @Test(
        "and comes back, or was never steady, or is hardly seen, is none",
        arguments: [
            [1.3, 1.2, 1.2, 1.1, 1.2, 4.0, 6.0, 1.3, 1.2, 1.1], [1.2, 1.2, 1.2, 1.2, 4, 4, 4],
            [1.2, 1.2, 4, 4, 4, 4], [1, 1, 1, 50, 90], [1, 1, 1, 2, 2, 2, 2, 2], [3, 2.9, 2.8, 2.9, 3, 2.8, 2.9, 3.1],
            [5, 4, 3, 2, 1, 0.5, 0.2, 0.1], [1, 9, 1, 9, 1, 9, 1, 9, 9, 9], [1, 3, 1, 3, 1, 3, 3, 3, 3, 3],
            [1, 1, 1, 1, -4, -4, -4, -4], [0, 0, 0, 4, 4, 4, 4], [1, 1, 1, 1], [1], [],
            // At the very end it comes back.
            [1, 1, 1, 1, 4, 4, 4, 4, 4, 4, 1],
        ])
    func none(losses: [Double]) throws {
        #expect(try spike(losses) == nil)
    }

    @Test(
        "in a log whose steps begin anew is none",
        arguments: [[0, 1, 2, 3, 0, 1, 2, 3, 4], [0, 1, 2, 2, 3, 4, 5, 6, 7]])
    func anew(steps: [Int]) throws {
        #expect(try spike([1, 1, 1, 1, 4, 4, 4, 4, 4], steps: steps) == nil)
        #expect(try spike([1, 1, 1, 1, 4, 4, 4, 4, 4]) == 4)
    }

    @Test("of values that are no numbers is for the rules of nan to say")
    func notANumber() throws {
        #expect(try spike([1, 1, 1, 1, .nan, .nan, .nan, .nan]) == nil)
        #expect(try spike([1, 1, 1, 1, .infinity, .infinity, .infinity, .infinity]) == nil)
    }

    @Test("of several ranks in one log cannot be told")
    func interleaved() throws {
        let lines = (0..<20).map { "[rank\($0 % 2)]: step \($0) loss \($0 % 2 == 0 ? 1 : 9)" }
        #expect(try LossSpike.find(in: Bench().scan("t.log", lines).progress) == nil)
    }
}
