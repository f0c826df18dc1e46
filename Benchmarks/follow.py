#!/usr/bin/env python3
"""Times `faultline scan --follow`: from the write of a failure's last line to the incident on the other side of a pipe, in a
quiet log and in one that is written at 100 MB/s, beside `tail -F | grep -m1`, which knows one word and tells nothing.

    Benchmarks/follow.py [--binary .build/release/faultline] [--seconds 10] [--rate 100]

The numbers belong to the machine: writer, follower and peers share its cores.
"""
import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from corpus import Training  # noqa: E402


def crash(number):
    """A failure a day, so that each is one of its own."""
    day = time.strftime("%Y-%m-%d", time.gmtime(1_780_000_000 + 86400 * number))
    return (
        f"{day} 10:00:00,000 ERROR trainer.py:88 torch.OutOfMemoryError: CUDA out of memory. Tried to allocate "
        f"{number + 1}.25 GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.01 GiB is free.\n"
        f"{day} 10:00:01,000 INFO launcher: bye\n"
    ).encode()


def filler(size):
    """Lines of a healthy run without steps, which would show that the run survived each failure, and without times, which
    would have to go on from those of the failures."""
    draw = random.Random(3)
    training, lines, total = Training(draw), [], 0
    while total < size:
        line = training.line()
        if " step " in line or "iteration" in line or "'loss'" in line:
            line = (
                f"INFO - dataset.shard - reading s3://corpus-{draw.randrange(9)}/tokens/part-{draw.randrange(10**6):06d}.bin "
                f"at {draw.randrange(10**9)} ({draw.uniform(80, 900):.1f} MB/s)"
            )
        lines.append(re.sub(r"^\d{4}-\d\d-\d\d \S+ ", "", line))
        total += len(lines[-1]) + 1
    return ("\n".join(lines) + "\n").encode()


class Follower:
    """Follows a log and notes when each incident came out."""

    def __init__(self, binary, log):
        self.seen = {}
        self.process = subprocess.Popen(
            [binary, "scan", "--follow", "--no-ledger", "--format", "json", log], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.started = threading.Event()
        self.notes = []
        threading.Thread(target=self.read, daemon=True).start()
        threading.Thread(target=self.listen, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            now = time.perf_counter()
            event = json.loads(line)
            if event["event"] == "crash":
                text = event["incident"]["root"]["text"]
                self.seen.setdefault(text.split("allocate ")[-1].split(" GiB")[0], now)

    def listen(self):
        for line in self.process.stderr:
            self.notes.append(line.decode().strip())
            self.started.set()

    def cpu(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024

    def end(self):
        self.process.terminate()
        self.process.wait()


def told(name, written, seen):
    delays = sorted(1000 * (seen[key] - at) for key, at in written.items() if key in seen)
    lost = len(written) - len(delays)
    if not delays:
        print(f"  {name}: NOTHING was told of {len(written)}")
        return
    share = lambda part: delays[min(len(delays) - 1, int(part * len(delays)))]  # noqa: E731
    print(
        f"  {name}: p50 {share(0.5):.0f} ms, p99 {share(0.99):.0f} ms, longest {delays[-1]:.0f} ms"
        f" ({len(delays)} of {len(written)} told{', LOST ' + str(lost) if lost else ''})")


def quiet(binary, folder, count):
    log = os.path.join(folder, "quiet.log")
    open(log, "wb").write(filler(100_000))
    follower = Follower(binary, log)
    follower.started.wait(10)
    time.sleep(0.5)
    written = {}
    with open(log, "ab", buffering=0) as file:
        for number in range(count):
            file.write(crash(number))
            written[f"{number + 1}.25"] = time.perf_counter()
            time.sleep(random.Random(number).uniform(1.2, 1.6))
    time.sleep(2)
    told("quiet log", written, follower.seen)
    print(f"  quiet log: {follower.cpu():.2f} s of processor time in {1.4 * count:.0f} s")
    follower.end()


def loud(binary, folder, seconds, rate):
    log = os.path.join(folder, "loud.log")
    block = filler(1 << 20)
    open(log, "wb").write(block[:100_000])
    follower = Follower(binary, log)
    follower.started.wait(10)
    time.sleep(0.5)
    cpu = follower.cpu()
    written, number, bytes_written = {}, 1000, 0
    began = time.perf_counter()
    next_crash = 1.0
    with open(log, "ab", buffering=0) as file:
        while (passed := time.perf_counter() - began) < seconds:
            if passed >= next_crash:
                file.write(crash(number))
                written[f"{number + 1}.25"] = time.perf_counter()
                number, next_crash = number + 1, next_crash + 1.1
            file.write(block)
            bytes_written += len(block)
            ahead = bytes_written / (rate * 1e6) - (time.perf_counter() - began)
            if ahead > 0:
                time.sleep(ahead)
        took = time.perf_counter() - began
        # The lag: how long after the end of all this a failure is told.
        file.write(crash(number))
        last = time.perf_counter()
    deadline = last + 60
    while f"{number + 1}.25" not in follower.seen and time.perf_counter() < deadline:
        time.sleep(0.01)
    lag = follower.seen.get(f"{number + 1}.25")
    speed = bytes_written / took / 1e6
    told(f"{speed:.0f} MB/s", written, follower.seen)
    print(
        f"  {speed:.0f} MB/s for {took:.0f} s: a failure written at the end is told "
        + (f"{1000 * (lag - last):.0f} ms later" if lag else "NOT AT ALL")
        + f"; {(follower.cpu() - cpu) / took * 100:.0f} % of a core, {follower.memory():.0f} MB at most")
    for note in follower.notes[1:]:
        print(f"  it said: {note}")
    follower.end()


def peer(folder, count):
    delays, log = [], os.path.join(folder, "peer.log")
    open(log, "wb").write(filler(100_000))
    for number in range(count):
        process = subprocess.Popen(
            f"tail -n 0 -F '{log}' 2>/dev/null | grep -m1 --line-buffered 'OutOfMemoryError'", shell=True,
            stdout=subprocess.PIPE)
        time.sleep(0.5)
        with open(log, "ab", buffering=0) as file:
            file.write(crash(number))
            at = time.perf_counter()
            process.stdout.readline()
            delays.append(1000 * (time.perf_counter() - at))
            # tail notices that nobody reads when it next writes.
            file.write(b"end\n")
        process.stdout.close()
        process.wait()
    delays.sort()
    print(f"  tail -F | grep -m1, quiet log: p50 {delays[len(delays) // 2]:.0f} ms, longest {delays[-1]:.0f} ms")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--binary", default=os.path.join(HERE, "..", ".build", "release", "faultline"))
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--rate", type=float, default=100, help="MB/s")
    options.add_argument("--count", type=int, default=10)
    options = options.parse_args()
    folder = tempfile.mkdtemp(prefix="faultline-follow-")
    try:
        print("scan --follow: from the write of a failure's last line to the incident")
        quiet(options.binary, folder, options.count)
        loud(options.binary, folder, options.seconds, options.rate)
        peer(folder, options.count)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
