import CrashModel
import Foundation
import Testing

@testable import Diagnosis

/// What a recording would say, given to the diagnosis of a log.
private struct Witness {
    var kinds: [String]
    var subject: String? = "python (pid 41)"
    var host: String?
    /// Seconds after the moment at which it was observed.
    var lag: Double = 0

    func contexts(for incidents: [Incident], at moment: Date) -> [ResourceContext?] {
        incidents.map { incident in
            guard incident.isCrash else { return nil }
            let observations = kinds.enumerated().map { index, kind in
                MachineObservation(
                    kind: kind, text: "\(kind) was seen", at: moment + lag, source: "rec/a.jsonl", line: index + 10,
                    subject: subject, pid: 41, gpu: 3)
            }
            let window = RecordedWindow(
                moment: moment, from: moment - 300, to: moment + 60, host: host, sampleCount: 360,
                observations: observations)
            return ResourceContext(origin: .recording, window: window)
        }
    }
}

@Suite struct RecordedFactsTests {
    static let killed = steps(0...20) + ["Killed"]
    static let killedAt = moment(20 * 60 + 7)

    private func diagnose(_ lines: [String], _ witness: Witness, at date: Date = killedAt) throws -> [Incident] {
        let bench = try Bench.builtIn()
        return Diagnostician(bench.book, timeZone: .gmt).diagnose(
            [bench.scan("train.log", lines)], recorded: { witness.contexts(for: $0, at: date) })
    }

    @Test(
        "What the kernel or a device counted solves a death that the log does not explain",
        arguments: [
            (["oom-kill", "memory-exhausted"], "oom/host"),
            (["cgroup-oom-kill"], "oom/cgroup"),
            (["cgroup-oom-kill", "memory-plentiful"], "oom/cgroup"),
            (["oom-kill", "memory-plentiful"], "oom/cgroup"),
            (["gpu-lost"], "gpu/fallen-off"),
            (["oom-kill"], "signal/killed"),
            (["memory-exhausted"], "signal/killed"),
            (["gpu-throttled", "disk-full", "gpu-xid"], "signal/killed"),
        ])
    func solves(kinds: [String], category: String) throws {
        let incident = try #require(try diagnose(Self.killed, Witness(kinds: kinds)).first)
        #expect(incident.category.description == category)
        #expect(incident.context?.window?.observations.map(\.kind) == kinds)
        guard category != "signal/killed" else { return }
        #expect(incident.root.source == "rec/a.jsonl")
        #expect(incident.root.line == 10)
        #expect(incident.consequences.map(\.text) == ["Killed"])
        #expect(incident.outcome == .terminal)
        #expect(!incident.advice.isEmpty)
        #expect(incident.because.first == "no log says it; the recording of the machine does: rec/a.jsonl:10")
    }

    @Test("A kill that nobody can be named for, that is of another machine or of another time, solves nothing")
    func unsure() throws {
        let kinds = ["oom-kill", "memory-exhausted"]
        for witness in [
            Witness(kinds: kinds, subject: nil), Witness(kinds: kinds, lag: 3000), Witness(kinds: kinds, lag: -600),
        ] {
            let incident = try #require(try diagnose(Self.killed, witness).first)
            #expect(incident.category.description == "signal/killed")
        }
        let named = ["Mar  1 10:20:07 node2 bash[1]: Killed"]
        let bench = try Bench.builtIn()
        let there = Diagnostician(bench.book, timeZone: .gmt).diagnose([bench.scan("train.log", named)]) {
            Witness(kinds: kinds, host: "node1").contexts(for: $0, at: Self.killedAt)
        }
        #expect(there.allSatisfy { $0.category.family != "oom" })
    }

    /// Kills of processes at some seconds from a moment, as a recording would tell of them.
    private func kills(_ kills: [(pid: Int?, lag: Double)], at moment: Date = killedAt) -> [MachineObservation] {
        kills.enumerated().map { index, kill in
            MachineObservation(
                kind: "cgroup-oom-kill", text: "a kill", at: moment + kill.lag, source: "rec/a.jsonl",
                line: index + 10, subject: kill.pid.map { "python (pid \($0))" }, pid: kill.pid)
        }
    }

    private func diagnose(_ lines: [String], _ observations: [MachineObservation]) throws -> Incident {
        let bench = try Bench.builtIn()
        let found = Diagnostician(bench.book, timeZone: .gmt).diagnose([bench.scan("train.log", lines)]) { incidents in
            incidents.map { _ in
                ResourceContext(
                    origin: .recording,
                    window: RecordedWindow(
                        moment: Self.killedAt, from: Self.killedAt - 300, to: Self.killedAt + 60, sampleCount: 360,
                        observations: observations))
            }
        }
        return try #require(found.first)
    }

    @Test("Of several kills the one of the process that the log names is the cause, else the nearest")
    func whose() throws {
        let several = kills([(41, -50), (42, -1), (43, 9)])
        #expect(try diagnose(Self.killed, several).root.captures["pid"] == "42")
        let named = Self.killed.dropLast() + ["run.sh: line 3: 41 Killed    python train.py"]
        #expect(try diagnose(Array(named), several).root.captures["pid"] == "41")
    }

    @Test("A kill of another process confirms nothing")
    func others() throws {
        let alone = try diagnose(Self.killed, kills([(42, -1)]))
        let among = try diagnose(Self.killed, kills([(42, -1), (nil, -20), (43, -30)]))
        #expect(alone.category.description == "oom/cgroup")
        #expect(among.confidence == alone.confidence)
        #expect(among.because == alone.because)
    }

    @Test("A kill that only lies near in time is less sure than one whose process the log names")
    func doubts() throws {
        let lines = steps(0...20) + ["\(clock(20, 7)) Killed"]
        let near = try diagnose(lines, kills([(41, -1)]))
        let far = try diagnose(lines, kills([(41, -40)]))
        #expect(far.category.description == "oom/cgroup")
        #expect(far.confidence < near.confidence)
        #expect(far.because.contains { $0.contains("they do not name its process") })
    }

    @Test("A file system that does not answer explains a silence, which is told as what followed")
    func silence() throws {
        let lines = steps(0...20) + ["\(clock(90)) still here"]
        let plain = try #require(try diagnose(lines, Witness(kinds: [])).first)
        #expect(plain.category.description == "hang/silent")
        let incident = try #require(try diagnose(lines, Witness(kinds: ["filesystem-silent"], subject: "/data")).first)
        #expect(incident.category.description == "storage/stale")
        #expect(incident.title == "/data stopped answering")
        #expect(incident.consequences.map(\.category.description) == ["hang/silent"])
    }

    @Test("An exception stays the cause, whatever the machine did")
    func exception() throws {
        let lines =
            steps(0...20) + [
                "Traceback (most recent call last):", #"  File "t.py", line 3, in <module>"#, "    x[k]",
                "KeyError: 'a'",
            ]
        let incident = try #require(
            try diagnose(lines, Witness(kinds: ["oom-kill", "memory-exhausted", "gpu-lost"])).first)
        #expect(incident.category.description == "exception/KeyError")
        #expect(incident.context?.origin == .recording)
    }

    @Test("A recording alone is no incident")
    func healthy() throws {
        let lines = steps(0...20) + ["\(clock(21)) training done"]
        let witness = Witness(kinds: ["oom-kill", "memory-exhausted", "gpu-lost", "gpu-ecc"])
        #expect(try diagnose(lines, witness).filter(\.isCrash).isEmpty)
    }

    @Test("Without a window the diagnosis is the same as without a recording")
    func nothing() throws {
        let bench = try Bench.builtIn()
        let scans = [bench.scan("train.log", Self.killed)]
        let plain = Diagnostician(bench.book, timeZone: .gmt).diagnose(scans)
        let asked = Diagnostician(bench.book, timeZone: .gmt).diagnose(scans) { $0.map { _ in nil } }
        #expect(asked == plain)
    }

    @Test("Observations make a cause more likely or less, within bounds, and say why")
    func weighs() throws {
        let text = [
            "Mar  1 10:20:07 node1 kernel: Out of memory: Killed process 41 (python) total-vm:9kB, anon-rss:9kB"
        ]
        let before = try #require(try diagnose(text, Witness(kinds: [])).first)
        #expect(before.category.description == "oom/host")
        let confirmed = try #require(try diagnose(text, Witness(kinds: ["memory-exhausted"])).first)
        #expect(confirmed.confidence > before.confidence)
        #expect(confirmed.because.last == "the recording agrees: memory-exhausted was seen (rec/a.jsonl:10)")
        let weakened = try #require(try diagnose(text, Witness(kinds: ["memory-plentiful"])).first)
        #expect(weakened.confidence < before.confidence)
        #expect(weakened.because.last?.hasPrefix("the recording speaks against it: ") == true)
        let all = try #require(
            try diagnose(
                text,
                Witness(
                    kinds: ["oom-kill", "memory-exhausted", "swap-full", "memory-pressure"]
                        + Array(repeating: "swap-full", count: 9))
            ).first)
        #expect(all.confidence <= min(0.99, before.confidence + RecordedTestimony.mostSupport + 0.001))
        let elsewhere = try #require(
            try diagnose(text, Witness(kinds: ["memory-plentiful"], host: "node7")).first)
        #expect(elsewhere.confidence == before.confidence)
    }

    @Test("The kernel's own report of the moment stays, with the window beside it")
    func report() throws {
        let text = [
            "Mar  1 10:20:07 node1 kernel: python invoked oom-killer: gfp_mask=0x1100cca(GFP_HIGHUSER_MOVABLE), order=0",
            "Mar  1 10:20:07 node1 kernel: [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
            "Mar  1 10:20:07 node1 kernel: [     41]     0    41  1000000   900000  4096        0             0 python",
            "Mar  1 10:20:07 node1 kernel: Out of memory: Killed process 41 (python) total-vm:9kB, anon-rss:9kB",
        ]
        let incident = try #require(try diagnose(text, Witness(kinds: ["memory-exhausted"])).first)
        #expect(incident.context?.origin == .kernelReport)
        #expect(incident.context?.window?.sampleCount == 360)
    }
}
