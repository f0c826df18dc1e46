import Testing

@testable import Dumps

/// Random numbers that are the same in every run.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

struct FuzzTests {
    @Test("Damaged dumps are read or refused, and compared, without a crash")
    func dumps() throws {
        var recording = Recording(rank: 1)
        for number in 0..<4 { recording.add(number, number < 3 ? "completed" : "scheduled", at: number) }
        recording.add(1, "started", "send 0->1", pair: true)
        let whole = try recording.dump()
        let json =
            #"{"entries":[{"collective_seq_id":7,"state":"started","process_group":["0","d"],"profiling_name":"nccl:x"}],"pg_config":{"0":{"desc":"d","name":"0","ranks":"[0,1]"}}}"#
        let seeds = [
            recording.bytes, PythonPickles.dump[4] ?? [], PythonPickles.odd[5] ?? [], Array(json.utf8),
        ]
        var dice = Dice(state: 1)
        var read = 0
        for round in 0..<6000 {
            var damaged = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...4, using: &dice) {
                let at = Int.random(in: 0..<damaged.count, using: &dice)
                switch Int.random(in: 0..<4, using: &dice) {
                case 0: damaged[at] = UInt8.random(in: 0...255, using: &dice)
                case 1: damaged.remove(at: at)
                case 2: damaged.insert(damaged[Int.random(in: 0..<damaged.count, using: &dice)], at: at)
                default: damaged[at] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
                }
                if damaged.isEmpty { damaged = [0x80] }
            }
            guard let dump = try? FlightRecorderDump(bytes: damaged, name: "nccl_trace_rank_0") else { continue }
            read += 1
            let comparison = CollectiveComparison([dump, whole])
            _ = comparison.summary
            for stall in comparison.stalls { _ = stall.details }
        }
        #expect(read > 500)
    }

    @Test("Damaged stack dumps are read without a crash")
    func stacks() {
        var dice = Dice(state: 2)
        for round in 0..<2000 {
            var text = Array((round.isMultiple(of: 2) ? StackSamples.locals : StackSamples.faultHandler).unicodeScalars)
            for _ in 0..<Int.random(in: 1...20, using: &dice) {
                let at = Int.random(in: 0..<text.count, using: &dice)
                switch Int.random(in: 0..<3, using: &dice) {
                case 0: text[at] = ["(", ")", ":", "\"", " ", "\n", ",", "T", "é"].randomElement(using: &dice) ?? " "
                case 1: text.remove(at: at)
                default: text.insert(text[Int.random(in: 0..<text.count, using: &dice)], at: at)
                }
            }
            var string = String.UnicodeScalarView()
            string.append(contentsOf: text)
            let lines = String(string).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let dumps = StackDump.all(in: lines)
            _ = StackComparison(dumps.map { ("x", $0) }).summary
        }
    }
}
