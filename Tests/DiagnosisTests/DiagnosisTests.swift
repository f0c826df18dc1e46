import BuiltInRules
import CrashModel
import Diagnosis
import Foundation
import Logs
import Rules
import Scanning
import Testing

/// Diagnoses logs held in memory with the built-in rules.
struct Diagnosed {
    let incidents: [Incident]

    /// `rank3.log` is the log of rank 3, as it would be on disk.
    init(_ logs: [(source: String, text: String)]) throws {
        let book = try RuleBook()
        let scanner = ReferenceScanner(try CompiledRules(book), timeZone: .gmt)
        let scans = logs.map { log in
            scanner.scan(
                LogInput(
                    source: log.source, location: .memory(Array(log.text.utf8)),
                    modified: Date(iso8601: "2026-03-02T00:00:00Z"),
                    origin: LineOrigin(rank: log.source.hasPrefix("rank") ? Int(log.source.filter(\.isNumber)) : nil)))
        }
        incidents = Diagnostician(book).diagnose(scans)
    }

    var first: Incident? { incidents.first }
}

private let steps =
    (1...5).map { "2026-03-01 10:0\($0):00 step \($0 * 10)/1000 loss 2.\($0)" }.joined(separator: "\n") + "\n"
private let gpuOOM =
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 3 has a total capacity of 79.25 GiB of which 1.10 GiB is free.\n"

@Suite("Cause and consequence")
struct CauseTests {
    @Test("one rank's out of memory is the cause, the others' timeouts ten minutes later follow from it")
    func oomBeforeTimeouts() throws {
        let timeout = """
            2026-03-01 10:16:00 [rank1]:[E301 10:16:00.426415540 ProcessGroupNCCL.cpp:629] [Rank 1] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=41, OpType=ALLREDUCE, NumelIn=1, NumelOut=1, Timeout(ms)=600000) ran for 600013 milliseconds before timing out.

            """
        let diagnosis = try Diagnosed([
            ("rank1.log", steps + timeout), ("rank3.log", steps + "2026-03-01 10:06:00 " + gpuOOM),
        ])
        let incident = try #require(diagnosis.first)
        #expect(incident.category == Category("oom/gpu"))
        #expect(incident.root.source == "rank3.log")
        #expect(incident.ranks == [3])
        #expect(incident.consequences.contains { $0.category == Category("hang/collective") })
        #expect(incident.outcome == .terminal)
        #expect(diagnosis.incidents.count == 1)
    }

    @Test("a bare Killed has an unknown cause until the kernel names it")
    func killed() throws {
        let train = steps + "Killed\n"
        let alone = try #require(try Diagnosed([("train.log", train)]).first)
        #expect(alone.category == Category("signal/killed"))
        #expect(alone.confidence < 0.8)
        let kernel = """
            Mar  1 10:06:02 node7 kernel: [ 8123.1] Out of memory: Killed process 4242 (python) total-vm:91234kB, anon-rss:80123kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:300kB oom_score_adj:0

            """
        let explained = try #require(try Diagnosed([("train.log", train), ("kern.log", kernel)]).first)
        #expect(explained.category == Category("oom/host"))
        #expect(explained.root.source == "kern.log")
        #expect(explained.consequences.contains { $0.category == Category("signal/killed") })
    }

    @Test("the same evidence gives the same incidents, whatever the order of the files")
    func orderOfFiles() throws {
        let logs = [
            ("a.log", steps + "2026-03-01 10:06:00 " + gpuOOM), ("b.log", steps + "2026-03-01 10:07:00 Killed\n"),
        ]
        let forward = try Diagnosed(logs).incidents.map(\.id)
        let backward = try Diagnosed(logs.reversed()).incidents.map(\.id)
        #expect(forward == backward)
    }

    @Test("in a chain of exceptions the first is the cause, unless it was only a lookup")
    func chains() throws {
        func chain(_ first: String, _ second: String) -> String {
            """
            Traceback (most recent call last):
              File "load.py", line 3, in read
                open(path)
            \(first)

            During handling of the above exception, another exception occurred:

            Traceback (most recent call last):
              File "train.py", line 9, in <module>
                main()
            \(second)

            """
        }
        let cause = try #require(
            try Diagnosed([("t.log", chain("ZeroDivisionError: division by zero", "ValueError: bad sample"))]).first)
        #expect(cause.category == Category("exception/ZeroDivisionError"))
        let lookup = try #require(
            try Diagnosed([("t.log", chain("KeyError: 'cache'", "ValueError: bad sample"))]).first)
        #expect(lookup.category == Category("exception/ValueError"))
    }

    @Test("what Python prints while it is ending is never the cause")
    func teardown() throws {
        let text =
            steps + """
                Training completed.
                Exception ignored in: <function _MultiProcessingDataLoaderIter.__del__ at 0x7f0c2a5be340>
                Traceback (most recent call last):
                  File "dataloader.py", line 1663, in __del__
                BrokenPipeError: [Errno 32] Broken pipe

                """
        #expect(try Diagnosed([("t.log", text)]).incidents.allSatisfy { !$0.isCrash })
    }
}

@Suite("Outcomes")
struct OutcomeTests {
    @Test("an error that training outlived is no crash")
    func progressed() throws {
        let more = (6...9).map { "2026-03-01 10:0\($0):00 step \($0 * 10)/1000 loss 2.\($0)" }.joined(separator: "\n")
        let incidents = try Diagnosed([
            ("t.log", steps + "RuntimeError: CUDA error: an illegal memory access was encountered\n" + more)
        ]).incidents
        #expect(incidents.map(\.outcome) == [.progressed])
        #expect(incidents.first?.verdict == .nothing)
    }

    @Test("a run that says that it ended well did")
    func success() throws {
        let incidents = try Diagnosed([
            ("t.log", "ConnectionResetError: [Errno 104] Connection reset by peer\nTraining completed.\n")
        ]).incidents
        #expect(incidents.allSatisfy { $0.outcome == .recovered })
    }

    @Test("the last progress before the failure is told")
    func lastProgress() throws {
        let incident = try #require(try Diagnosed([("t.log", steps + gpuOOM)]).first)
        #expect(incident.lastProgress?.step == 50)
        #expect(incident.lastProgress?.line == 5)
    }
}

@Suite("What no line says")
struct InferenceTests {
    private func log(_ minutes: Range<Int>) -> String {
        minutes.map { minute in
            let clock = String(format: "%02d:%02d", 10 + minute / 60, minute % 60)
            return "2026-03-01T\(clock):00Z step \(minute) loss 2.0\n"
        }.joined()
    }

    @Test("a job that the scheduler ended hours after its last line was hanging")
    func silence() throws {
        let slurm = "slurmstepd: error: *** JOB 77 ON node3 CANCELLED AT 2026-03-01T15:00:00 DUE TO TIME LIMIT ***\n"
        let incident = try #require(try Diagnosed([("slurm-77.out", log(0..<30) + slurm)]).first)
        #expect(incident.category == Category("hang/silent"))
        #expect(incident.root.line == 30)
        #expect(incident.consequences.contains { $0.category == Category("preemption/time-limit") })
    }

    @Test("a job that ran into its limit while training was not")
    func timeLimit() throws {
        let slurm = "slurmstepd: error: *** JOB 77 ON node3 CANCELLED AT 2026-03-01T10:31:00 DUE TO TIME LIMIT ***\n"
        let incident = try #require(try Diagnosed([("slurm-77.out", log(0..<30) + slurm)]).first)
        #expect(incident.category == Category("preemption/time-limit"))
    }

    @Test("the first rank to fall silent is named")
    func firstSilentRank() throws {
        let logs = (0..<4).map { ("rank\($0).log", log(0..<($0 == 2 ? 30 : 90))) }
        let incident = try #require(try Diagnosed(logs).first)
        #expect(incident.category == Category("hang/silent"))
        #expect(incident.ranks == [2])
    }

    @Test("a log that just ends is no hang")
    func justEnds() throws {
        #expect(try Diagnosed([("t.log", log(0..<30))]).incidents.isEmpty)
    }

    @Test(
        "a loss that jumps and stays is divergence; one that comes back is not",
        arguments: [
            ([3.0, 2.0, 1.5, 1.2, 4.0, 6.0, 5.5, 5.0, 5.2, 5.1], true),
            ([3.0, 2.0, 1.5, 1.2, 4.0, 6.0, 2.0, 1.3, 1.2, 1.1], false),
            ([3.0, 2.9, 2.8, 2.9, 3.0, 2.8, 2.9, 3.1, 2.9, 3.0], false),
        ])
    func lossSpike(losses: [Double], isSpike: Bool) throws {
        let text = losses.enumerated().map { "step \($0.offset) loss \($0.element)" }.joined(separator: "\n")
        #expect(try Diagnosed([("t.log", text)]).first?.category == (isSpike ? Category("divergence/spike") : nil))
    }

    @Test("a log that ends inside a traceback died of something unknown")
    func unfinished() throws {
        let text = steps + "Traceback (most recent call last):\n  File \"train.py\", line 9, in <module>\n    main()\n"
        let incident = try #require(try Diagnosed([("t.log", text)]).first)
        #expect(incident.category == .unknown)
        #expect(incident.root.line == 6)
    }
}

@Suite("Fingerprints and ids")
struct FingerprintTests {
    @Test("the same failure on another day and with other numbers has the same fingerprint, and is another incident")
    func fingerprints() throws {
        func run(_ day: String, _ size: String) throws -> Incident? {
            let text = """
                \(day) 10:00:00 step 1 loss 2
                Traceback (most recent call last):
                  File "/home/a\(size)/train.py", line \(size), in collate
                    return batch
                ValueError: expected \(size) samples in /data/\(size).bin

                """
            return try Diagnosed([("t.log", text)]).first
        }
        let one = try #require(try run("2026-03-01", "12"))
        let other = try #require(try run("2026-03-08", "977"))
        #expect(one.fingerprint == other.fingerprint)
        #expect(one.id != other.id)
        #expect(try run("2026-03-01", "12")?.id == one.id)
    }

    @Test("another exception has another fingerprint")
    func different() throws {
        let one = try Diagnosed([("t.log", "ValueError: expected a tensor\n")]).first
        let other = try Diagnosed([("t.log", "TypeError: expected a tensor\n")]).first
        #expect(one?.fingerprint != other?.fingerprint)
    }
}

@Suite("The kernel's memory report")
struct KernelOOMReportTests {
    @Test(
        "the process table is read in the layouts of 3.x, 5.x and 6.x",
        arguments: [
            [
                "[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name",
                "[ 4242]  1000  4242  5063909   119961    1661   136409             0 python",
            ],
            [
                "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
                "[   4242]  1000  4242  5063909   119961   166100   136409             0 python",
            ],
            [
                "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name",
                "[   4242]  1000  4242  5063909   119961   119000   961   0   166100   136409             0 python",
            ],
        ])
    func layouts(lines: [String]) throws {
        let report = try #require(
            KernelOOMReport(lines.enumerated().map { ExcerptLine(line: $0.offset, text: $0.element) }, victim: 4242))
        let process = try #require(report.context.processes.first)
        #expect(
            process
                == ProcessSample(
                    pid: 4242, name: "python", resident: 119_961 * 4096, swapped: 136_409 * 4096, victim: true))
    }

    @Test("a cgroup's limit and usage are read")
    func cgroup() throws {
        let report = try #require(
            KernelOOMReport(
                [ExcerptLine(line: 1, text: "memory: usage 65536kB, limit 65536kB, failcnt 25")], victim: nil))
        #expect(report.context.memory?.limit == 64 << 20)
    }

    @Test(
        "lines that are no report give none, torn ones what they hold",
        arguments: [
            [], ["[ pid ]"], ["total_vm"], ["[  1 ] x", "memory: usage kB"],
        ])
    func torn(lines: [String]) {
        #expect(KernelOOMReport(lines.map { ExcerptLine(line: 1, text: $0) }, victim: nil) == nil)
    }
}
