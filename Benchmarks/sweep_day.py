#!/usr/bin/env python3
"""A day of sweeps over logs that grow and rotate, in minutes: what a sweep costs, and whether it tells everything once.

    Benchmarks/sweep_day.py [--files 1000] [--gigabytes 10] [--sweeps 288 | --quick] [--binary .build/release/faultline]

Before each sweep every file is written on. Some are rotated by renaming, some by copy and truncation, the rotated ones
are packed by gzip and the oldest removed, so that little stands on the disk at a time. Crashes are planted; each has to
be in the ledger exactly once, or this fails. The numbers belong to the machine: only ratios of one run mean anything;
`grep -c` over the same new bytes is the peer.
"""
import argparse
import datetime
import gzip
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

START = datetime.datetime(2026, 3, 1)


class Log:
    """One log and its rotated pieces."""

    def __init__(self, folder, number):
        self.path = os.path.join(folder, f"train{number:04}.log")
        self.number = number
        self.size = 0
        self.pieces = 0
        self.clock = START

    def write(self, size, crash):
        # Crashes lie hours apart, or several would be one incident.
        self.clock += datetime.timedelta(hours=5 if crash else 0, minutes=5)
        stamp = self.clock.strftime("%Y-%m-%d %H:%M:%S")
        lines = [
            f"{stamp},{i:03} INFO dataset.reader: {self.number:04}/part-{random.getrandbits(20):07}.bin at {random.getrandbits(32):010} (412.3 MB/s)\n"
            for i in range(40)
        ]
        block = "".join(lines).encode()
        with open(self.path, "ab") as file:
            file.write(block * max(1, size // len(block)))
            if crash:
                file.write(
                    f'{stamp},900 ERROR trainer: failed\nTraceback (most recent call last):\n  File "/w/train.py", line 12, in step\n'
                    f"    loss.backward()\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate {crash} GiB. GPU 0 has a "
                    f"total capacity of 79.15 GiB of which 1.01 GiB is free.\n{stamp},950 INFO trainer: the report is written\n".encode()
                )
                self.clock += datetime.timedelta(hours=5)
            self.size = file.tell()
        os.utime(self.path, (time.time() - 60,) * 2)

    def rotate(self, random):
        for age in range(self.pieces, 0, -1):
            for ending in ("", ".gz"):
                if os.path.exists(f"{self.path}.{age}{ending}"):
                    os.rename(f"{self.path}.{age}{ending}", f"{self.path}.{age + 1}{ending}")
        self.pieces += 1
        if random.random() < 0.5:
            os.rename(self.path, self.path + ".1")
        else:
            shutil.copy2(self.path, self.path + ".1")
            os.truncate(self.path, 0)
        self.size = 0

    def pack(self):
        if self.pieces >= 2 and os.path.exists(f"{self.path}.2"):
            with open(f"{self.path}.2", "rb") as plain, gzip.open(f"{self.path}.2.gz", "wb", compresslevel=1) as packed:
                shutil.copyfileobj(plain, packed)
            os.remove(f"{self.path}.2")
        while self.pieces > 3:
            for ending in ("", ".gz"):
                if os.path.exists(f"{self.path}.{self.pieces}{ending}"):
                    os.remove(f"{self.path}.{self.pieces}{ending}")
            self.pieces -= 1


def sweep(binary, folder):
    started = time.monotonic()
    run = subprocess.run(
        [binary, "sweep", "--quiet", "--config", folder + "/faultline.yaml"],
        env={**os.environ, "XDG_STATE_HOME": folder + "/state"}, capture_output=True, text=True)
    if run.returncode > 1:
        sys.exit(f"the sweep failed with {run.returncode}: {run.stderr}{run.stdout[-2000:]}")
    return time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--gigabytes", type=float, default=10)
    parser.add_argument("--sweeps", type=int, default=288)
    parser.add_argument("--quick", action="store_true", help="a tenth of the day")
    parser.add_argument("--binary", default=".build/release/faultline")
    options = parser.parse_args()
    if options.quick:
        options.sweeps, options.gigabytes = options.sweeps // 10, options.gigabytes / 10
    random.seed(20260301)
    folder = tempfile.mkdtemp(prefix="faultline-day-")
    try:
        day(options, os.path.abspath(options.binary), folder)
    finally:
        shutil.rmtree(folder)


def day(options, binary, folder):
    os.mkdir(folder + "/logs")
    with open(folder + "/faultline.yaml", "w") as file:
        file.write(f"sources:\n  - paths: ['{folder}/logs/*']\n    together: file\n")
    logs = [Log(folder + "/logs", number) for number in range(options.files)]
    each = int(options.gigabytes * 1e9 / options.sweeps / options.files)
    planted, times, idle, total = [], [], [], 0
    rotated_at = max(200_000, each * 12)
    grep_time = 0
    for number in range(options.sweeps):
        for log in logs:
            crash = None
            if random.random() < 0.002:
                crash = f"{len(planted) // 90 + 1}.{len(planted) % 90 + 10}"
                planted.append(crash)
            before = log.size
            log.write(each, crash)
            total += log.size - before
        if number == 0:
            started = time.monotonic()
            subprocess.run(["grep", "-rc", "OutOfMemoryError", folder + "/logs"], stdout=subprocess.DEVNULL, check=False)
            grep_time = (time.monotonic() - started) / total
        times.append(sweep(binary, folder))
        if number % 10 == 9:
            idle.append(sweep(binary, folder))
        for log in logs:
            if log.size > rotated_at * random.uniform(0.5, 1):
                log.rotate(random)
        # The sweep sees the pieces once before they are packed, and some of them packed only.
        for log in random.sample(logs, max(1, len(logs) // 4)):
            log.pack()
        if sys.stderr.isatty():
            print(f"\rsweep {number + 1} of {options.sweeps}", end="", file=sys.stderr)
    idle.append(min(sweep(binary, folder) for _ in range(3)))
    found = []
    with open(folder + "/state/faultline/ledger.jsonl") as file:
        for line in file:
            text = json.loads(line).get("root", {}).get("text", "")
            found += re.findall(r"Tried to allocate ([\d.]+) GiB", text)
    if sorted(found) != sorted(planted):
        sys.exit(f"planted {len(planted)}, found {len(found)} ({len(set(found))} different)")
    state = os.path.getsize(folder + "/state/faultline/sweep.json")
    print(f"{options.files} files, {total / 1e9:.2f} GB in {options.sweeps} sweeps, {len(planted)} crashes, each told once")
    print(f"a sweep: {statistics.median(times):.2f} s (most {max(times):.2f} s) for {total / options.sweeps / 1e6:.1f} MB new")
    print(f"nothing new: {statistics.median(idle):.3f} s (least {min(idle):.3f} s); state {state / 1e6:.2f} MB")
    print(f"all of them: {total / 1e6 / sum(times):.0f} MB/s; grep -rc {1 / grep_time / 1e6:.0f} MB/s, once")


if __name__ == "__main__":
    main()
