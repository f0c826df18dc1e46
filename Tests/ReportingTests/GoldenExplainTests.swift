import CrashModel
import Foundation
import Reporting
import Testing

/// The page of `faultline explain`, compared as it stands.
@Suite struct GoldenExplainTests {
    static let page = ExplainText(style: .plain, timeZone: .gmt, now: Sample.now)

    /// An incident of which little is known.
    static var bare: IncidentAccount {
        IncidentAccount(
            id: "77aa", fingerprint: "4444", title: "", category: .unknown, verdict: .changeFirst,
            outcome: .unresolved, confidence: 0.3, because: [],
            timeline: [
                TimelineEntry(
                    part: .root, rule: "telling.dies", title: "", source: "-", line: 12,
                    text: "giving up on port 0x1f")
            ],
            lastProgress: ProgressMark(source: "-", line: 9, text: "still here"),
            lastCheckpoint: CheckpointMark(source: "-", line: 7, text: "state written"),
            past: PastSightings(count: 0, first: nil, last: nil, fix: "a new cable"))
    }

    @Test("Everything that the ledger knows of an incident")
    func full() {
        let rendered = Self.page.render(Sample.account)
        #expect(
            rendered == #"""
                Change something before restarting: GPU 3 ran out of memory.

                  when         2026-02-18 10:03:12 UTC, until 10:13:13
                  where        hgx-07, rank 3
                  what         oom/gpu; the run ended there
                  id           5f1c09ab42d7e630
                  fingerprint  0123456789abcdef

                What happened, in order
                  2026-02-17 UTC
                  23:54:52      checkpoint  epoch 2, step 4000
                                logs/console.log:71
                                  saved checkpoint to /data/ckpt/step_4000
                  2026-02-18 UTC
                  10:02:58      last step   epoch 2, step 4120
                                logs/console.log:88
                                  step 4120 loss 2.31
                  10:03:12      CAUSE       GPU 3 ran out of memory
                                logs/torchrun/b7e02f9a-4c1d-4f6e-9a51-0c6d2e81f7aa_4w0tq9zc/
                                attempt_0/3/stderr.log:19
                                  torch.OutOfMemoryError: CUDA out of memory. Tried to allocate
                                  2.00 GiB. GPU 3 has a total capacity of 79.11 GiB of which
                                  1.10 GiB is free. Process 218404 has 78.00 GiB memory in use.
                  time unknown  confirmed   The driver reports a failed allocation
                                kern.log:902
                                  NVRM: out of memory \x1b]0;owned\x07
                  10:13:13      followed    NCCL watchdog timeout ×7
                                logs/rank0.log:210
                                  [rank0]: Watchdog caught collective operation timeout: WorkNC…
                  2026-02-19 UTC
                  02:59:55      noise       Leaked semaphores at exit ×8
                                logs/console.log:120
                                  There appear to be 18 leaked semaphore objects to clean up at…

                Lost: 120 steps, 10 hours of training

                Why this is the cause: almost certain (0.93)
                  - it is the earliest error, 601 s before the next
                  - it explains the 7 NCCL timeouts that followed on the other ranks of the job

                What else could have been the cause
                  - logs/rank0.log:210, hang/collective
                      [rank0]: Watchdog caught collective operation timeout
                    not the cause: oom/gpu explains hang/collective, 10m 1s later
                  - logs/rank5.log:33, storage/stale
                      OSError: [Errno 116] Stale file handle
                    not the cause: nothing in the logs of the run follows from it

                Rules that spoke
                  - cuda.oom: GPU ran out of memory
                    oom/gpu; can be the first cause
                    in patterns/pytorch.yaml
                    see PyTorch, CUDA semantics: memory management
                    see https://docs.pytorch.org/docs/stable/notes/
                        cuda.html#optimizing-memory-usage-with-pytorch-cuda-alloc-conf
                  - nccl.watchdog.timeout: NCCL watchdog timeout
                    hang/collective; normally follows from something else
                    in pack nccl

                What to do
                  1. Lower the micro-batch size, or recompute activations
                     Rank 3 asked for 2.00 GiB with 1.10 GiB free of 79.11 GiB.
                  2. Let the allocator grow its segments
                     It wastes less to fragmentation.
                       export PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True && torchrun \
                         --nproc-per-node 8 train.py

                Seen before: 4 times in 14 days, last 2 days ago.
                Fixed last time by: micro-batch 4 instead of 8 (2026-02-12)

                """#)
    }

    @Test("An incident of which little is known")
    func bare() {
        let rendered = Self.page.render(Self.bare)
        #expect(
            rendered == #"""
                Change something before restarting: telling.dies.

                  when         unknown, the log states no time
                  what         unknown; whether the run went on, the logs do not tell
                  id           77aa
                  fingerprint  4444

                What happened, in order
                  time unknown  CAUSE       telling.dies
                                standard input:12
                                  giving up on port 0x1f

                Last progress: standard input:9
                    still here
                Last checkpoint: standard input:7
                    state written

                Why this is the cause: a guess (0.30)

                Fixed last time by: a new cable

                """#)
    }

    @Test("A narrow page in another time zone")
    func narrow() {
        let rendered = ExplainText(
            style: .plain, width: 40, timeZone: TimeZone(secondsFromGMT: 5 * 3600 + 1800) ?? .gmt, now: Sample.now
        ).render(Sample.account)
        #expect(
            rendered == #"""
                Change something before restarting: GPU
                3 ran out of memory.

                  when         2026-02-18 15:33:12
                               +05:30, until 15:43:13
                  where        hgx-07, rank 3
                  what         oom/gpu; the run ended
                               there
                  id           5f1c09ab42d7e630
                  fingerprint  0123456789abcdef

                What happened, in order
                  2026-02-18 +05:30
                  05:24:52      checkpoint  epoch 2,
                                            step 4000
                                logs/console.log:71
                                  saved checkpoint to /…
                  15:32:58      last step   epoch 2,
                                            step 4120
                                logs/console.log:88
                                  step 4120 loss 2.31
                  15:33:12      CAUSE       GPU 3 ran
                                            out of
                                            memory
                                logs/torchrun/
                                b7e02f9a-4c1d-4f6e-9a51-
                                0c6d2e81f7aa_4w0tq9zc/
                                attempt_0/3/
                                stderr.log:19
                                  torch.OutOfMemoryErro…
                                  CUDA out of memory.
                                  Tried to allocate 2.0…
                  time unknown  confirmed   The driver
                                            reports a
                                            failed …
                                kern.log:902
                                  NVRM: out of memory \…
                  15:43:13      followed    NCCL
                                            watchdog
                                            timeout ×7
                                logs/rank0.log:210
                                  [rank0]: Watchdog cau…
                  2026-02-19 +05:30
                  08:29:55      noise       Leaked
                                            semaphores
                                            at exit ×8
                                logs/console.log:120
                                  There appear to be 18…

                Lost: 120 steps, 10 hours of training

                Why this is the cause: almost certain
                (0.93)
                  - it is the earliest error, 601 s
                    before the next
                  - it explains the 7 NCCL timeouts that
                    followed on the other ranks of the
                    job

                What else could have been the cause
                  - logs/rank0.log:210, hang/collective
                      [rank0]: Watchdog caught collecti…
                    not the cause: oom/gpu explains
                    hang/collective, 10m 1s later
                  - logs/rank5.log:33, storage/stale
                      OSError: [Errno 116] Stale file h…
                    not the cause: nothing in the logs
                    of the run follows from it

                Rules that spoke
                  - cuda.oom: GPU ran out of memory
                    oom/gpu; can be the first cause
                    in patterns/pytorch.yaml
                    see PyTorch, CUDA semantics: memory
                        management
                    see https://docs.pytorch.org/docs/
                        stable/notes/
                        cuda.html#optimizing-memory-usag
                        e-with-pytorch-cuda-alloc-conf
                  - nccl.watchdog.timeout: NCCL watchdog
                    timeout
                    hang/collective; normally follows
                    from something else
                    in pack nccl

                What to do
                  1. Lower the micro-batch size, or
                     recompute activations
                     Rank 3 asked for 2.00 GiB with 1.10
                     GiB free of 79.11 GiB.
                  2. Let the allocator grow its segments
                     It wastes less to fragmentation.
                       export \
                         PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True \
                         && torchrun --nproc-per-node \
                         8 train.py

                Seen before: 4 times in 14 days, last 2
                             days ago.
                Fixed last time by: micro-batch 4
                                    instead of 8
                                    (2026-02-12)

                """#)
    }
}
