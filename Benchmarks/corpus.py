#!/usr/bin/env python3
"""Writes a log of a given size, the same for the same seed.

    corpus.py training 256 > training.log      # MB
    corpus.py warnings 256 > warnings.log
    corpus.py slow 100 > slow.log
    corpus.py shards 100 > shards.log
    corpus.py kernel 64 > kernel.log

training: what a healthy run prints: steps, progress bars' ends, evaluation, NCCL's INFO lines, checkpoints.
warnings: the same with one line in ten that quotes error words and means nothing: skipped batches, retries that
          succeed, deprecations, settings, help texts.
slow:     training whose clock goes 150 times as fast, so that ten minutes pass in a few dozen lines. All of it is looked at closely.
shards:   a loader's lines, one each 45 seconds. The same.
kernel:   syslog with kernel records: boots, audits, mounts, links that go up and down.
"""
import random
import sys
import time

HOSTS = [f"gpu-{row}{number:02d}" for row in "abcd" for number in range(1, 17)]


def stamp(seconds):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1_740_000_000 + seconds))


class Training:
    def __init__(self, draw, quoting=0.0, pace=0.2):
        self.draw, self.quoting, self.pace = draw, quoting, pace
        self.step, self.clock, self.loss = 0, 0.0, 9.8

    def line(self):
        draw = self.draw
        self.clock += draw.random() * 2 * self.pace
        now = f"{stamp(int(self.clock))},{int(self.clock * 1000) % 1000:03d}"
        if draw.random() < self.quoting:
            return self.quoted(now)
        kind = draw.random()
        rank = draw.randrange(64)
        if kind < 0.55:
            self.step += 1
            self.loss = max(1.4, self.loss * 0.999995 + draw.gauss(0, 0.01))
            return (
                f"[rank{rank}]: {now} INFO trainer.py:{draw.randrange(200, 260)} step {self.step:>8}/2000000 | "
                f"lr {3e-4 * draw.random():.3e} | loss {self.loss:.4f} | grad_norm {draw.random() * 2:.3f} | "
                f"{draw.randrange(380, 420)}.{draw.randrange(10)} ms/it | mem {draw.uniform(60, 78):.1f} GiB"
            )
        if kind < 0.75:
            return (
                f" iteration {self.step:>8}/ 2000000 | consumed samples: {self.step * 512:>12} | elapsed time per "
                f"iteration (ms): {draw.uniform(4000, 4400):.1f} | learning rate: {draw.random() * 1e-4:.3E} | global "
                f"batch size:   512 | lm loss: {self.loss:.6E} | loss scale: 65536.0 | grad norm: {draw.random():.3f}"
            )
        if kind < 0.85:
            return (
                f"{now} - INFO - dataset.shard - reading s3://corpus-{draw.randrange(9)}/tokens/"
                f"part-{draw.randrange(10**6):06d}.bin at {draw.randrange(10**9)} ({draw.uniform(80, 900):.1f} MB/s)"
            )
        if kind < 0.90:
            host = draw.choice(HOSTS)
            return (
                f"{host}:{draw.randrange(2000, 90000)}:{draw.randrange(2000, 90000)} [{rank % 8}] NCCL INFO Channel "
                f"{draw.randrange(32):02d}/0 : {rank}[{rank % 8}] -> {(rank + 1) % 64}[{(rank + 1) % 8}] via "
                f"P2P/CUMEM/read"
            )
        if kind < 0.95:
            return (
                f"{{'loss': {self.loss:.4f}, 'grad_norm': {draw.random():.6f}, 'learning_rate': "
                f"{draw.random() * 1e-4:.10f}, 'epoch': {self.step / 5000:.2f}}}"
            )
        if kind < 0.98:
            return f"{now} INFO evaluator: ppl {2.71 ** self.loss:.3f} accuracy {draw.random():.4f} on {draw.randrange(9999)} batches"
        return f"{now} INFO checkpoint: saved /ckpt/run7/global_step{self.step} in {draw.uniform(3, 40):.1f} s"

    def quoted(self, now):
        draw = self.draw
        return draw.choice(
            (
                lambda: f"{now} WARNING loss_scaler.py:61 gradient overflow, skipping step, loss scale now {2 ** draw.randrange(8, 17)}",
                lambda: f"{now} WARNING dataset: failed to decode image {draw.randrange(10**7)}.jpg, error ignored, using the next one",
                lambda: f"{now} INFO retry: request {draw.randrange(10**6)} succeeded after 1 failed attempt (timeout 5 s)",
                lambda: "/usr/lib/python3/site-packages/torch/utils/checkpoint.py:295: FutureWarning: `torch.cpu.amp.autocast(args...)` is deprecated.",
                lambda: f"{now} INFO settings: nccl_timeout=1800 abort_on_error=true max_failures={draw.randrange(9)} kill_on_oom=false",
                lambda: f"{now} DEBUG metrics: errors=0 failed=0 killed=0 timeouts=0 nan_batches=0 oom_retries=0 shard={draw.randrange(999)}",
                lambda: "  --on-error {raise,skip,retry}   what to do when a worker failed or was killed (default: raise)",
                lambda: f"{now} INFO sample {draw.randrange(10**6)}: 'I got a Segmentation fault when I ran it, what is the error?'",
                lambda: f"{now} WARNING watchdog: heartbeat late by {draw.randrange(1, 9)} s, no error reported",
                lambda: f"{now} INFO tests: ErrorHandlingTest.test_cuda_error_is_raised passed ({draw.randrange(99)} ms)",
            )
        )()


class Shards:
    def __init__(self, draw):
        self.draw, self.number, self.place = draw, 0, 0

    def line(self):
        draw = self.draw
        self.number += 1
        self.place += draw.randrange(10**8)
        return (
            f"{stamp(45 * self.number)},{draw.randrange(1000):03d} INFO dataset.reader: {self.number % 4096:04d}/"
            f"part-{draw.randrange(10**5):07d}.bin at {self.place % 10**10:010d} ({draw.uniform(80, 900):.1f} MB/s)"
        )


class Kernel:
    def __init__(self, draw):
        self.draw, self.clock = draw, 10.0

    def line(self):
        draw = self.draw
        self.clock += draw.random() * 2
        when = time.strftime("%b %d %H:%M:%S", time.gmtime(1_740_000_000 + int(self.clock)))
        head = f"{when} {HOSTS[3]} "
        return head + draw.choice(
            (
                lambda: f"kernel: [{self.clock:12.6f}] mlx5_core 0000:{draw.randrange(1, 200):02x}:00.0: Port module event: module 0, Cable plugged",
                lambda: f"kernel: [{self.clock:12.6f}] audit: type=1400 audit({self.clock:.3f}:{draw.randrange(99999)}): apparmor=\"STATUS\" operation=\"profile_load\" pid={draw.randrange(99999)}",
                lambda: f"systemd[1]: Started Session {draw.randrange(99999)} of user trainer.",
                lambda: f"kernel: [{self.clock:12.6f}] EXT4-fs (nvme{draw.randrange(4)}n1p1): mounted filesystem with ordered data mode. Quota mode: none.",
                lambda: f"dockerd[1181]: time=\"{stamp(int(self.clock))}\" level=info msg=\"ignoring event\" container={draw.randrange(16**12):x}",
                lambda: f"CRON[{draw.randrange(99999)}]: (root) CMD (test -x /usr/sbin/anacron || run-parts /etc/cron.daily)",
            )
        )()


def main():
    kind, megabytes = sys.argv[1], float(sys.argv[2])
    draw = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 7)
    makers = {
        "training": lambda: Training(draw),
        "warnings": lambda: Training(draw, quoting=0.1),
        "slow": lambda: Training(draw, pace=30),
        "shards": lambda: Shards(draw),
        "kernel": lambda: Kernel(draw),
    }
    maker = makers[kind]()
    left = int(megabytes * 1_000_000)
    out = sys.stdout.buffer
    batch = []
    while left > 0:
        line = (maker.line() + "\n").encode()
        left -= len(line)
        batch.append(line)
        if len(batch) == 4096:
            out.write(b"".join(batch))
            batch = []
    out.write(b"".join(batch))


if __name__ == "__main__":
    main()
