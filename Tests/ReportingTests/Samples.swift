import CrashModel
import Foundation

/// The incidents that the reports are tested with.
enum Sample {
    /// 2026-02-18T10:03:12Z
    static let start = Date(timeIntervalSince1970: 1_771_408_992)
    /// 2026-02-20T11:00:00Z
    static let now = Date(timeIntervalSince1970: 1_771_585_200)
    static let folder = "logs/torchrun/b7e02f9a-4c1d-4f6e-9a51-0c6d2e81f7aa_4w0tq9zc/attempt_0"

    static func finding(
        _ rule: String, _ title: String, _ category: String, source: String, line: Int, text: String, rank: Int? = nil,
        count: Int = 1
    ) -> Finding {
        Finding(
            rule: rule, title: title, category: Category(category), severity: .fatal, role: .root, source: source,
            line: line, offset: 0, time: LogTime(date: start, source: .stated), origin: LineOrigin(rank: rank),
            text: text, count: count, lastLine: line + count - 1)
    }

    /// One rank out of GPU memory, the seven others timing out ten minutes later.
    static var gpuMemory: Incident {
        var root = finding(
            "cuda.oom", "GPU 3 ran out of memory", "oom/gpu", source: "\(folder)/3/stderr.log", line: 19,
            text: "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 3 has a total capacity "
                + "of 79.11 GiB of which 1.10 GiB is free. Process 218404 has 78.00 GiB memory in use.", rank: 3)
        root.origin.gpu = 3
        root.origin.pid = 218404
        root.excerpt = [
            ExcerptLine(line: 5, text: "Traceback (most recent call last):"),
            ExcerptLine(line: 6, text: "  File \"/opt/train/train.py\", line 212, in <module>"),
            ExcerptLine(line: 7, text: "    main()"),
            ExcerptLine(line: 18, text: "    loss = self.model(batch)"),
            ExcerptLine(line: 19, text: "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB."),
        ]
        let timeouts = [0, 1, 2, 4, 5, 6, 7].map { rank in
            finding(
                "nccl.watchdog.timeout", "NCCL watchdog timeout", "hang/collective", source: "logs/rank\(rank).log",
                line: 210 + rank, text: "[rank\(rank)]: Watchdog caught collective operation timeout", rank: rank)
        }
        let child = finding(
            "torchrun.child-failed", "torchrun child failed", "worker/child", source: "logs/console.log", line: 15,
            text: "failed (exitcode: -6) local_rank: 6 (pid: 218407)")
        return Incident(
            id: "i1", fingerprint: "0123456789abcdef", title: "GPU 3 ran out of memory", category: Category("oom/gpu"),
            severity: .fatal, outcome: .terminal, verdict: .changeFirst, confidence: 0.93,
            because: [
                "it is the earliest error, 601 s before the next",
                "it explains the 7 NCCL timeouts that followed on the other ranks of the job",
            ], firstSeen: start, lastSeen: start.addingTimeInterval(609), host: "hgx-07", ranks: [3], root: root,
            consequences: timeouts + [child],
            advice: [
                Advice(
                    action: "Lower the micro-batch size, or recompute activations",
                    reason: "Rank 3 asked for 2.00 GiB with 1.10 GiB free of 79.11 GiB."),
                Advice(
                    action: "Let the allocator grow its segments", reason: "It wastes less to fragmentation.",
                    command:
                        "export PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True && torchrun --nproc-per-node 8 train.py"
                ),
            ],
            lastProgress: ProgressMark(
                source: "logs/console.log", line: 88, text: "step 4120 loss 2.31", step: 4120, epoch: 2))
    }

    /// The kernel killed the trainer, whose own log says only Killed.
    static var hostMemory: Incident {
        var root = finding(
            "kernel.oom.global", "The kernel killed python for want of memory", "oom/host", source: "kern.log",
            line: 126,
            text: "Out of memory: Killed process 4242 (python) total-vm:301234567kB, anon-rss:129123456kB")
        root.origin = LineOrigin(host: "node17", pid: 4242)
        let killed = finding(
            "shell.killed", "The shell reports Killed", "signal/killed", source: "train.log", line: 912, text: "Killed")
        let gib = 1 << 30
        return Incident(
            id: "i2", fingerprint: "fedcba9876543210", title: "The kernel killed python for want of memory.",
            category: Category("oom/host"), severity: .fatal, outcome: .terminal, verdict: .changeFirst,
            confidence: 0.97, because: ["the kernel names pid 4242"], firstSeen: start, host: "node17", root: root,
            confirmations: [killed],
            advice: [Advice(action: "Run with fewer data loader workers", reason: "24 of them held 96 GiB.")],
            context: ResourceContext(
                origin: .kernelReport, takenAt: start,
                memory: MemorySample(
                    total: 251 * gib, free: gib / 2, swapTotal: 0, swapFree: 0, shared: 3 * gib),
                processes: [
                    ProcessSample(pid: 4242, name: "python", resident: 123 * gib, swapped: 0, victim: true),
                    ProcessSample(pid: 99, name: "pt_data_worker", resident: 4 * gib + gib / 3, swapped: 0),
                ], processCount: 341))
    }

    /// A retry that succeeded.
    static var retried: Incident {
        let root = finding(
            "network.reset", "Connection reset by peer", "network/reset", source: "logs/rank0.log", line: 7,
            text: "ConnectionResetError: [Errno 104] Connection reset by peer")
        return Incident(
            id: "i3", fingerprint: "1111", title: root.title, category: root.category, severity: .error,
            outcome: .recovered, verdict: .nothing, confidence: 0.8, because: [], firstSeen: start, root: root)
    }

    /// The first sample with all that is known of its training, seen and fixed before.
    static var resumable: ScanReport {
        var incident = gpuMemory
        incident.lastCheckpoint = CheckpointMark(
            source: "logs/console.log", line: 71, text: "saved /data/ckpt/step_4000", path: "/data/ckpt/step_4000",
            step: 4000, epoch: 2)
        incident.lost = LostWork(steps: 120, seconds: 151)
        incident.stepsPerSecond = 0.795
        var report = report([incident])
        report.seenBefore = [
            incident.fingerprint: PastSightings(
                count: 2, first: now - 16 * 86400, last: now - 9 * 86400,
                fix: "micro-batch 4 instead of 8 \u{1b}[2Jand expandable segments", fixedAt: now - 8 * 86400)
        ]
        return report
    }

    static let telling = [
        TellingLine(
            source: "logs/rank3.log", line: 882, text: "fabric manager: lane 7 retrain failed, giving up on port 0x1f",
            score: 11,
            because: ["its words: telling.failed, telling.gives-up", "no other line of the log is like it"]),
        TellingLine(
            source: "logs/rank3.log", line: 885,
            text: "\u{1b}[31mbuffer pool: checksum of slot 12 is 0x9ac1 and should be 0x11f0; dumping the slot table: "
                + Array(repeating: "0:ok 1:ok 2:ok", count: 24).joined(separator: " "), score: 6,
            because: ["no other source says it"]),
        TellingLine(
            source: "logs/rank0.log", line: 40, text: "warming up", score: 5, because: ["it stands at the end"]),
    ]

    /// The run ended with an exit code, and no rule says why.
    static var exitCode: Incident {
        let root = finding(
            "torchrun.child-failed", "A worker ended with exit code 1", "worker/child", source: "logs/console.log",
            line: 15, text: "failed (exitcode: 1) local_rank: 3 (pid: 218404)", rank: 3)
        return Incident(
            id: "i4", fingerprint: "4444", title: root.title, category: root.category, severity: .error,
            outcome: .terminal, verdict: .changeFirst, confidence: 0.5,
            because: ["logs/console.log:15 says that it failed, not why"], firstSeen: start, host: "hgx-07", ranks: [3],
            root: root)
    }

    /// The first sample as the ledger tells it.
    static var account: IncidentAccount {
        let incident = gpuMemory
        func entry(
            _ part: TimelineEntry.Part, _ title: String, _ source: String, _ line: Int, _ seconds: Double?,
            _ text: String, rule: String? = nil, count: Int = 1
        ) -> TimelineEntry {
            TimelineEntry(
                part: part, rule: rule, title: title, source: source, line: line, time: seconds.map { start + $0 },
                text: text, count: count)
        }
        return IncidentAccount(
            id: "5f1c09ab42d7e630", fingerprint: incident.fingerprint, title: incident.title,
            category: incident.category, verdict: incident.verdict, outcome: incident.outcome,
            confidence: incident.confidence, because: incident.because, host: incident.host, ranks: incident.ranks,
            timeline: [
                entry(
                    .checkpoint, "epoch 2, step 4000", "logs/console.log", 71, -36_500,
                    "saved checkpoint to /data/ckpt/step_4000"),
                entry(
                    .progress, "epoch 2, step 4120", "logs/console.log", 88, -14,
                    "step 4120 loss 2.31"),
                entry(
                    .root, incident.root.title, incident.root.source, 19, 0, incident.root.text, rule: "cuda.oom"),
                entry(
                    .confirmation, "The driver reports a failed allocation", "kern.log", 902, nil,
                    "  NVRM: out of memory \u{1b}]0;owned\u{7}", rule: "kernel.nvrm"),
                entry(
                    .consequence, "NCCL watchdog timeout", "logs/rank0.log", 210, 601,
                    "[rank0]: Watchdog caught collective operation timeout: WorkNCCL(SeqNum=812, "
                        + "OpType=ALLREDUCE, Timeout(ms)=600000) ran for 600012 milliseconds before timing out.",
                    rule: "nccl.watchdog.timeout", count: 7),
                entry(
                    .teardown, "Leaked semaphores at exit", "logs/console.log", 120, 61_003,
                    "There appear to be 18 leaked semaphore objects to clean up at shutdown",
                    rule: "python.leaked-semaphores", count: 8),
            ],
            rivals: [
                Rival(
                    rule: "nccl.watchdog.timeout", category: Category("hang/collective"), source: "logs/rank0.log",
                    line: 210, text: "[rank0]: Watchdog caught collective operation timeout",
                    reason: "oom/gpu explains hang/collective, 10m 1s later"),
                Rival(
                    rule: "storage.stale", category: Category("storage/stale"), source: "logs/rank5.log", line: 33,
                    text: "OSError: [Errno 116] Stale file handle",
                    reason: "nothing in the logs of the run follows from it"),
            ],
            rules: [
                RuleNote(
                    id: "cuda.oom", title: "GPU {gpu} ran out of memory", category: "oom/gpu", role: .root,
                    pack: "patterns/pytorch.yaml",
                    references: [
                        "PyTorch, CUDA semantics: memory management",
                        "https://docs.pytorch.org/docs/stable/notes/cuda.html#optimizing-memory-usage-with-pytorch-cuda-alloc-conf",
                    ]),
                RuleNote(
                    id: "nccl.watchdog.timeout", title: "NCCL watchdog timeout", category: "hang/collective",
                    role: .consequence, pack: "nccl", references: []),
            ], advice: incident.advice, lost: LostWork(steps: 120, seconds: 36_486),
            past: PastSightings(
                count: 4, first: now - 16 * 86400, last: now - 2 * 86400,
                fix: "micro-batch 4 instead of 8", fixedAt: now - 8 * 86400))
    }

    static func report(_ incidents: [Incident], incomplete: Bool = false) -> ScanReport {
        var report = ScanReport(
            inputs: [
                InputReport(source: "logs/console.log", kind: .training, bytes: 81234, lines: 912),
                InputReport(source: "kern.log", kind: .kernel, bytes: 1_234_567, lines: 11433),
            ], incidents: incidents)
        if incomplete {
            report.inputs.append(
                InputReport(
                    source: "logs/rank3.log.gz", kind: .training, bytes: 12, lines: 1, complete: false,
                    problem: "gzip: unexpected end of file"))
            report.skipped = [
                SkippedInput(source: "logs/.hidden", reason: "hidden"),
                SkippedInput(source: "logs/a.pt", reason: "binary"),
                SkippedInput(source: "logs/b.pt", reason: "binary"),
            ]
        }
        return report
    }
}
