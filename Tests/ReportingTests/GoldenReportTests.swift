import CrashModel
import Foundation
import Reporting
import Testing

/// Whole reports, compared as they stand.
@Suite struct GoldenReportTests {
    static let text = TextReport(style: .plain, timeZone: .gmt, now: Sample.now)

    static var everything: ScanReport {
        var report = Sample.report([Sample.gpuMemory, Sample.hostMemory, Sample.retried], incomplete: true)
        let day: TimeInterval = 86400
        report.seenBefore = [
            "0123456789abcdef": PastSightings(count: 4, first: Sample.now - 16 * day, last: Sample.now - 2 * day)
        ]
        report.notes = ["The kernel log could not be read: permission denied; run with sudo to include it."]
        return report
    }

    static var snapshot: ScanReport {
        var incident = Sample.hostMemory
        incident.context?.origin = .snapshotAfter
        incident.context?.pressure = ["cpu": 1.5, "memory": 0]
        incident.context?.filesystems = [FilesystemSample(path: "/scratch", total: 1 << 40, available: 1 << 34)]
        return Sample.report([incident])
    }

    static var history: String {
        let day: TimeInterval = 86400
        let entries = [
            HistoryEntry(
                fingerprint: "0123456789abcdef", title: "GPU 3 ran out of memory", category: Category("oom/gpu"),
                verdict: .changeFirst, host: "hgx-07", place: "logs/rank3.log:19",
                sightings: PastSightings(
                    count: 4, first: Sample.now - 16 * day, last: Sample.now - 2 * day,
                    fix: "micro-batch 4 instead of 8\n\u{1b}[2J", fixedAt: Sample.now - 8 * day)),
            HistoryEntry(
                fingerprint: "fedcba9876543210", title: "Slurm preempted the job \u{1b}[2J",
                category: Category("preemption/preempted"), verdict: .restart, place: "slurm-1.out:7",
                sightings: PastSightings(count: 1, first: Sample.start, last: Sample.start)),
        ]
        return HistoryText(style: .plain, timeZone: .gmt).render(
            entries, now: Sample.now, damagedLines: 2, unknownRecords: 1)
    }

    @Test("One rank out of GPU memory, with a second crash, a harmless retry and an unread file")
    func fullText() {
        let rendered = Self.text.render(Self.everything)
        #expect(
            rendered == #"""
                Change something before restarting: GPU 3 ran out of memory.

                NOT EVERYTHING WAS READ: 1 of 3 inputs was not read completely. A crash may hide
                there.

                  when   2026-02-18 10:03:12 UTC, until 10:13:21
                  where  hgx-07, rank 3, GPU 3, pid 218404
                  what   oom/gpu; the run ended there

                Cause
                  logs/torchrun/b7e02f9a-4c1d-4f6e-9a51-0c6d2e81f7aa_4w0tq9zc/attempt_0/3/
                  stderr.log:19
                    torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU
                    3 has a total capacity of 79.11 GiB of which 1.10 GiB is free. Process
                    218404 has 78.00 GiB memory in use.

                     5 | Traceback (most recent call last):
                     6 |   File "/opt/train/train.py", line 212, in <module>
                     7 |     main()
                       | … 10 more lines
                    18 |     loss = self.model(batch)
                    19 | torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.

                What followed
                  - 7 × NCCL watchdog timeout on ranks 0-2, 4-7, first at logs/rank0.log:210
                  - torchrun child failed, at logs/console.log:15

                Last progress: epoch 2, step 4120, logs/console.log:88

                What to do
                  1. Lower the micro-batch size, or recompute activations
                     Rank 3 asked for 2.00 GiB with 1.10 GiB free of 79.11 GiB.
                  2. Let the allocator grow its segments
                     It wastes less to fragmentation.
                       export PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True && torchrun \
                         --nproc-per-node 8 train.py

                How sure: almost certain (0.93)
                  - it is the earliest error, 601 s before the next
                  - it explains the 7 NCCL timeouts that followed on the other ranks of the job

                Seen before: 4 times in 14 days, last 2 days ago.

                Also found: 1 further failure

                2. Change something before restarting: The kernel killed python for want of
                   memory.
                   oom/host, 2026-02-18 10:03:12 UTC, node17, pid 4242
                   kern.log:126
                     Out of memory: Killed process 4242 (python) total-vm:301234567kB,
                     anon-rss:129123456kB
                   To do: Run with fewer data loader workers

                Looked bad, but the run went on: Connection reset by peer; the same operation
                succeeded later, logs/rank0.log:7

                Not read, or only in part
                  - gzip: unexpected end of file (1 line read): logs/rank3.log.gz

                Read: 3 files (12,346 lines).
                Skipped on purpose: 3 (2 binary, 1 hidden):
                  - logs/.hidden
                  - logs/a.pt
                  - logs/b.pt

                To know
                  - The kernel log could not be read: permission denied; run with sudo to
                    include it.

                """#)
    }

    @Test("A kernel kill with its process table")
    func kernelReport() {
        let rendered = Self.text.render(Sample.report([Sample.hostMemory]))
        #expect(
            rendered == #"""
                Change something before restarting: The kernel killed python for want of memory.

                  when   2026-02-18 10:03:12 UTC
                  where  node17, pid 4242
                  what   oom/host; the run ended there

                Cause
                  kern.log:126
                    Out of memory: Killed process 4242 (python) total-vm:301234567kB,
                    anon-rss:129123456kB

                Confirmed by
                  - The shell reports Killed, at train.log:912
                      Killed

                What to do
                  1. Run with fewer data loader workers
                     24 of them held 96 GiB.

                How sure: almost certain (0.97)
                  - the kernel names pid 4242

                The machine at that moment, by the kernel's own report
                  memory: 512.0 MiB free, 3.0 GiB shared, 251.0 GiB in all
                  swap: none

                   pid     memory  swap  process
                  4242  123.0 GiB   0 B  python  <- killed
                    99    4.3 GiB   0 B  pt_data_worker
                  and 339 smaller processes

                Read: 2 files (12,345 lines).

                """#)
    }

    @Test("A snapshot is marked as after the fact")
    func snapshot() {
        let rendered = Self.text.render(Self.snapshot)
        #expect(
            rendered == #"""
                Change something before restarting: The kernel killed python for want of memory.

                  when   2026-02-18 10:03:12 UTC
                  where  node17, pid 4242
                  what   oom/host; the run ended there

                Cause
                  kern.log:126
                    Out of memory: Killed process 4242 (python) total-vm:301234567kB,
                    anon-rss:129123456kB

                Confirmed by
                  - The shell reports Killed, at train.log:912
                      Killed

                What to do
                  1. Run with fewer data loader workers
                     24 of them held 96 GiB.

                How sure: almost certain (0.97)
                  - the kernel names pid 4242

                This machine now, after the fact
                  Taken by this scan at 2026-02-18 10:03:12 UTC: it does not show what the
                  machine looked like at the crash, and the logs may be another machine's.
                  memory: 512.0 MiB free, 3.0 GiB shared, 251.0 GiB in all
                  swap: none
                  waiting: cpu 1.5 %, memory 0.0 % of the last 10 s (PSI, some)
                  disk: 16.0 GiB of 1.0 TiB free at /scratch

                   pid     memory  swap  process
                  4242  123.0 GiB   0 B  python  <- killed
                    99    4.3 GiB   0 B  pt_data_worker
                  and 339 smaller processes

                Read: 2 files (12,345 lines).

                """#)
    }

    @Test("No crash, everything read")
    func noCrash() {
        let rendered = Self.text.render(Sample.report([]))
        #expect(
            rendered == #"""
                No crash found in 2 files (12,345 lines).

                """#)
    }

    @Test("No crash, but not all was read, and a retry")
    func incomplete() {
        let rendered = Self.text.render(Sample.report([Sample.retried], incomplete: true))
        #expect(
            rendered == #"""
                No crash found in what could be read of 3 files (12,346 lines).

                NOT EVERYTHING WAS READ: 1 of 3 inputs was not read completely. A crash may hide
                there.

                Looked bad, but the run went on: Connection reset by peer; the same operation
                succeeded later, logs/rank0.log:7

                Not read, or only in part
                  - gzip: unexpected end of file (1 line read): logs/rank3.log.gz

                Skipped on purpose: 3 (2 binary, 1 hidden):
                  - logs/.hidden
                  - logs/a.pt
                  - logs/b.pt

                """#)
    }

    @Test("Nothing to read is not the same as no crash")
    func nothing() {
        let rendered = Self.text.render(ScanReport(inputs: [], incidents: []))
        #expect(
            rendered == #"""
                Nothing was read: no log was found here. Name a file or a folder to scan.

                """#)
    }

    @Test("A narrow page")
    func narrow() {
        let rendered = TextReport(style: .plain, width: 40, timeZone: .gmt, now: Sample.now).render(
            Sample.report([Sample.hostMemory]))
        #expect(
            rendered == #"""
                Change something before restarting: The
                kernel killed python for want of memory.

                  when   2026-02-18 10:03:12 UTC
                  where  node17, pid 4242
                  what   oom/host; the run ended there

                Cause
                  kern.log:126
                    Out of memory: Killed process 4242
                    (python) total-vm:301234567kB,
                    anon-rss:129123456kB

                Confirmed by
                  - The shell reports Killed, at
                    train.log:912
                      Killed

                What to do
                  1. Run with fewer data loader workers
                     24 of them held 96 GiB.

                How sure: almost certain (0.97)
                  - the kernel names pid 4242

                The machine at that moment, by the
                kernel's own report
                  memory: 512.0 MiB free, 3.0 GiB
                  shared, 251.0 GiB in all
                  swap: none

                   pid     memory  swap  process
                  4242  123.0 GiB   0 B  python  <- kil…
                    99    4.3 GiB   0 B  pt_data_worker
                  and 339 smaller processes

                Read: 2 files (12,345 lines).

                """#)
    }

    @Test("Markdown ready for an issue")
    func markdown() {
        let rendered = MarkdownReport(timeZone: .gmt, now: Sample.now).render(Self.everything)
        #expect(
            rendered == #"""
                ## Change something before restarting: GPU 3 ran out of memory

                > [!WARNING]
                > **NOT EVERYTHING WAS READ: 1 of 3 inputs was not read completely. A crash may hide there.**
                >
                > - `logs/rank3.log.gz`: gzip: unexpected end of file

                | | |
                |---|---|
                | Verdict | change-first |
                | Category | `oom/gpu` |
                | Outcome | the run ended there |
                | When | 2026-02-18 10:03:12 UTC, until 10:13:21 |
                | Where | `hgx-07`, `rank 3`, `GPU 3`, `pid 218404` |
                | Confidence | almost certain (0.93) |
                | Last progress | epoch 2, step 4120, `logs/console.log:88` |
                | Seen before | 4 times in 14 days, last 2 days ago |
                | Fingerprint | `0123456789abcdef` |

                ### Cause

                `logs/torchrun/b7e02f9a-4c1d-4f6e-9a51-0c6d2e81f7aa_4w0tq9zc/attempt_0/3/stderr.log:19`

                ```text
                torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 3 has a total capacity of 79.11 GiB of which 1.10 GiB is free. Process 218404 has 78.00 GiB memory in use.

                Traceback (most recent call last):
                  File "/opt/train/train.py", line 212, in <module>
                    main()
                … 10 more lines
                    loss = self.model(batch)
                torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.
                ```

                ### What to do

                1. **Lower the micro-batch size, or recompute activations**

                   Rank 3 asked for 2.00 GiB with 1.10 GiB free of 79.11 GiB.

                2. **Let the allocator grow its segments**

                   It wastes less to fragmentation.

                   ```sh
                   export PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True && torchrun --nproc-per-node 8 train.py
                   ```

                ### Why this is the cause

                - it is the earliest error, 601 s before the next
                - it explains the 7 NCCL timeouts that followed on the other ranks of the job

                <details>
                <summary>What followed: 8 lines of 2 kinds</summary>

                - 7 × NCCL watchdog timeout on ranks 0-2, 4-7, first at `logs/rank0.log:210`

                  ```text
                  [rank0]: Watchdog caught collective operation timeout
                  ```

                - torchrun child failed, at `logs/console.log:15`

                  ```text
                  failed (exitcode: -6) local_rank: 6 (pid: 218407)
                  ```

                </details>

                ## Change something before restarting: The kernel killed python for want of memory

                | | |
                |---|---|
                | Verdict | change-first |
                | Category | `oom/host` |
                | Outcome | the run ended there |
                | When | 2026-02-18 10:03:12 UTC |
                | Where | `node17`, `pid 4242` |
                | Confidence | almost certain (0.97) |
                | Fingerprint | `fedcba9876543210` |

                ### Cause

                `kern.log:126`

                ```text
                Out of memory: Killed process 4242 (python) total-vm:301234567kB, anon-rss:129123456kB
                ```

                ### What to do

                1. **Run with fewer data loader workers**

                   24 of them held 96 GiB.

                ### Why this is the cause

                - the kernel names pid 4242

                <details>
                <summary>Confirmed by: 1 line</summary>

                - The shell reports Killed, at `train.log:912`

                  ```text
                  Killed
                  ```

                </details>

                <details>
                <summary>The machine at that moment, by the kernel's own report</summary>

                ```text
                memory: 512.0 MiB free, 3.0 GiB shared, 251.0 GiB in all
                swap: none

                 pid     memory  swap  process
                4242  123.0 GiB   0 B  python  <- killed
                  99    4.3 GiB   0 B  pt_data_worker
                and 339 smaller processes
                ```

                </details>

                ### Looked bad, but the run went on

                - Connection reset by peer; the same operation succeeded later, `logs/rank0.log:7`

                ### To know

                - The kernel log could not be read: permission denied; run with sudo to include it.

                <details>
                <summary>Read: 3 files (12,346 lines)</summary>

                - `logs/console.log`: training, 912 lines
                - `kern.log`: kernel, 11,433 lines
                - `logs/rank3.log.gz`: training, 1 line, **incomplete**

                Skipped on purpose: 3 (2 binary, 1 hidden)

                </details>

                """#)
    }

    @Test("The ledger's story")
    func history() {
        let rendered = Self.history
        #expect(
            rendered == #"""
                GPU 3 ran out of memory
                  seen 4 times in 14 days, last 2026-02-18 11:00:00 UTC (2 days ago) on hgx-07
                  oom/gpu - change something before restarting
                  logs/rank3.log:19
                  fixed by: micro-batch 4 instead of 8\n\x1b[2J (2026-02-12)
                  fingerprint 0123456789abcdef

                Slurm preempted the job \x1b[2J
                  seen once, 2026-02-18 10:03:12 UTC (2 days ago)
                  preemption/preempted - restart it, the same command may work
                  slurm-1.out:7
                  fingerprint fedcba9876543210

                2 lines of the ledger could not be read and are left out here.

                1 record of a newer Faultline is not shown.

                """#)
    }
}
