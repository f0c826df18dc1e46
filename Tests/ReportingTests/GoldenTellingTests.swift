import CrashModel
import Foundation
import Reporting
import Testing

/// Reports of runs that no rule knows, and of training that can be resumed, compared as they stand.
@Suite struct GoldenTellingTests {
    static let text = TextReport(style: .plain, timeZone: .gmt, now: Sample.now)
    static let markdown = MarkdownReport(timeZone: .gmt, now: Sample.now)

    static func report(_ incidents: [Incident]) -> ScanReport {
        var report = Sample.report(incidents)
        report.telling = Sample.telling
        return report
    }

    @Test("No crash, but lines that stand out")
    func quiet() {
        let rendered = Self.text.render(Self.report([]))
        #expect(
            rendered == #"""
                No crash found in 2 files (12,345 lines).

                No rule knows a failure here. If the run died, read these lines first
                  1. logs/rank3.log:882
                     fabric manager: lane 7 retrain failed, giving up on port 0x1f
                     its words: telling.failed, telling.gives-up; no other line of the log is
                     like it
                  2. logs/rank3.log:885
                     \x1b[31mbuffer pool: checksum of slot 12 is 0x9ac1 and should be 0x11f0;
                     dumping the slot table: 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok …
                     no other source says it

                """#)
    }

    @Test("An exit code, and lines that stand out")
    func exitCode() {
        let rendered = Self.text.render(Self.report([Sample.exitCode]))
        #expect(
            rendered == #"""
                Change something before restarting: A worker ended with exit code 1.

                  when   2026-02-18 10:03:12 UTC
                  where  hgx-07, rank 3
                  what   worker/child; the run ended there

                Cause
                  logs/console.log:15
                    failed (exitcode: 1) local_rank: 3 (pid: 218404)

                Lines that stand out
                  1. logs/rank3.log:882
                     fabric manager: lane 7 retrain failed, giving up on port 0x1f
                     its words: telling.failed, telling.gives-up; no other line of the log is
                     like it
                  2. logs/rank3.log:885
                     \x1b[31mbuffer pool: checksum of slot 12 is 0x9ac1 and should be 0x11f0;
                     dumping the slot table: 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok …
                     no other source says it

                How sure: plausible (0.50)
                  - logs/console.log:15 says that it failed, not why

                Read: 2 files (12,345 lines).

                """#)
    }

    @Test("The last checkpoint, the work lost and what fixed it the last time")
    func resumable() {
        let rendered = Self.text.render(Sample.resumable)
        #expect(
            rendered == #"""
                Change something before restarting: GPU 3 ran out of memory.

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
                Last checkpoint: epoch 2, step 4000, /data/ckpt/step_4000, at
                                 logs/console.log:71
                Lost: 120 steps, 3 minutes of training (about 0.8 steps a second before it
                      stopped)

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

                Seen before: twice in 7 days, last 9 days ago.
                Fixed last time by: micro-batch 4 instead of 8 \x1b[2Jand expandable segments
                                    (2026-02-12)

                Read: 2 files (12,345 lines).

                """#)
    }

    @Test("No crash, but lines that stand out, as Markdown")
    func quietMarkdown() {
        let rendered = Self.markdown.render(Self.report([]))
        #expect(
            rendered == #"""
                ## No crash found in 2 files (12,345 lines).

                ### No rule knows a failure here. If the run died, read these lines first

                1. `logs/rank3.log:882`

                   ```text
                   fabric manager: lane 7 retrain failed, giving up on port 0x1f
                   ```

                   its words: telling.failed, telling.gives-up; no other line of the log is like it

                2. `logs/rank3.log:885`

                   ```text
                   \x1b[31mbuffer pool: checksum of slot 12 is 0x9ac1 and should be 0x11f0; dumping the slot table: 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:…
                   ```

                   no other source says it

                <details>
                <summary>Read: 2 files (12,345 lines)</summary>

                - `logs/console.log`: training, 912 lines
                - `kern.log`: kernel, 11,433 lines

                </details>

                """#)
    }

    @Test("An exit code, and lines that stand out, as Markdown")
    func exitCodeMarkdown() {
        let rendered = Self.markdown.render(Self.report([Sample.exitCode]))
        #expect(
            rendered == #"""
                ## Change something before restarting: A worker ended with exit code 1

                | | |
                |---|---|
                | Verdict | change-first |
                | Category | `worker/child` |
                | Outcome | the run ended there |
                | When | 2026-02-18 10:03:12 UTC |
                | Where | `hgx-07`, `rank 3` |
                | Confidence | plausible (0.50) |
                | Fingerprint | `4444` |

                ### Cause

                `logs/console.log:15`

                ```text
                failed (exitcode: 1) local_rank: 3 (pid: 218404)
                ```

                ### Lines that stand out

                1. `logs/rank3.log:882`

                   ```text
                   fabric manager: lane 7 retrain failed, giving up on port 0x1f
                   ```

                   its words: telling.failed, telling.gives-up; no other line of the log is like it

                2. `logs/rank3.log:885`

                   ```text
                   \x1b[31mbuffer pool: checksum of slot 12 is 0x9ac1 and should be 0x11f0; dumping the slot table: 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:ok 2:ok 0:ok 1:…
                   ```

                   no other source says it

                ### Why this is the cause

                - logs/console.log:15 says that it failed, not why

                <details>
                <summary>Read: 2 files (12,345 lines)</summary>

                - `logs/console.log`: training, 912 lines
                - `kern.log`: kernel, 11,433 lines

                </details>

                """#)
    }

    @Test("The last checkpoint, the work lost and what fixed it, as Markdown")
    func resumableMarkdown() {
        let rendered = Self.markdown.render(Sample.resumable)
        #expect(
            rendered == #"""
                ## Change something before restarting: GPU 3 ran out of memory

                | | |
                |---|---|
                | Verdict | change-first |
                | Category | `oom/gpu` |
                | Outcome | the run ended there |
                | When | 2026-02-18 10:03:12 UTC, until 10:13:21 |
                | Where | `hgx-07`, `rank 3`, `GPU 3`, `pid 218404` |
                | Confidence | almost certain (0.93) |
                | Last progress | epoch 2, step 4120, `logs/console.log:88` |
                | Last checkpoint | epoch 2, step 4000, `/data/ckpt/step_4000`, at `logs/console.log:71` |
                | Lost | 120 steps, 3 minutes of training (about 0.8 steps a second before it stopped) |
                | Seen before | twice in 7 days, last 9 days ago |
                | Fixed last time by | micro-batch 4 instead of 8 \\x1b\[2Jand expandable segments (2026-02-12) |
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

                <details>
                <summary>Read: 2 files (12,345 lines)</summary>

                - `logs/console.log`: training, 912 lines
                - `kern.log`: kernel, 11,433 lines

                </details>

                """#)
    }
}
