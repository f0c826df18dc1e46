#!/usr/bin/env python3
"""Times faultline beside its peers on generated logs, in one run, and prints ratios.

    Benchmarks/compare.py [--megabytes 256] [--rounds 5] [--binary .build/release/faultline]

Peers: `wc -l` (reading at all), `rg -f` with the same patterns and ASCII classes (those that ripgrep's engine takes),
and a Python loop over compiled patterns, which people write by hand. Peers run on a part of the log when the whole of
it would take minutes; their speed is given per byte. What is missing on the machine is left out. The numbers belong to
the machine: only ratios of one run mean anything.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def best(command, rounds, accepted=(0, 1)):
    least = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        # Through a pipe: some peers stop at the first match when nobody can see their output.
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"})
        least = min(least, time.perf_counter() - start)
        if done.returncode not in accepted:
            sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode()[-300:]}")
    return least


def patterns(binary):
    """The patterns that lines are looked for by, as ripgrep can take them."""
    book = json.loads(subprocess.run([binary, "rules", "list", "--format", "json"], stdout=subprocess.PIPE).stdout)
    found = []
    for rule in book:
        for pattern in rule["patterns"]:
            plain = re.sub(r"\(\?<([A-Za-z]\w*)>", "(?:", pattern)
            unknown = re.search(r"\(\?[=!>(]|\(\?<[=!]|\\k<|\\[1-9]|[*+?}]\+", plain)
            if not unknown and plain.isascii() and "\n" not in plain:
                found.append(f"(?-u:{plain})")
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--megabytes", type=int, default=256)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--binary", default=os.path.join(HERE, "..", ".build", "release", "faultline"))
    options = options.parse_args()
    folder = tempfile.mkdtemp(prefix="faultline-benchmark-")
    try:
        small = os.path.join(folder, "small.log")
        with open(small, "wb") as file:
            file.write(b"step 1 loss 2.0\n" * 64)
        scan = [options.binary, "scan", "--no-ledger", "--threads"]
        print(f"start-up: scan of a 1 KB log {best(scan + ['1', small], options.rounds * 4) * 1000:.0f} ms")
        rules = os.path.join(folder, "rules")
        taken = patterns(options.binary)
        with open(rules, "w") as file:
            file.write("\n".join(taken) + "\n")
        for kind in ("training", "warnings", "slow", "shards"):
            log = os.path.join(folder, kind + ".log")
            with open(log, "wb") as file:
                subprocess.run(
                    [sys.executable, os.path.join(HERE, "corpus.py"), kind, str(options.megabytes)],
                    stdout=file, check=True)
            part = os.path.join(folder, "part.log")
            with open(log, "rb") as whole, open(part, "wb") as file:
                file.write(whole.read(8_000_000))
            size, part_size = os.path.getsize(log), os.path.getsize(part)
            print(f"\n{kind}: {size / 1e6:.0f} MB")
            one = best(scan + ["1", log], options.rounds)
            two = best(scan + ["2", log], options.rounds)
            speeds = [("faultline, 1 thread", size / one), ("faultline, 2 threads", size / two)]
            speeds.append(("wc -l", size / best(["wc", "-l", log], options.rounds)))
            if shutil.which("rg"):
                command = ["rg", "-c", "-a", "--no-unicode", "-j1", "-f", rules, part]
                speeds.append((f"rg -f, {len(taken)} patterns", part_size / best(command, 1)))
            compiled = [re.compile(p[5:-1].encode()) for p in taken if not re.search(r"\(\?[a-z]+[):](?!$)", p[5:])]
            with open(part, "rb") as file:
                lines = file.read(200_000).splitlines()
            start = time.perf_counter()
            for line in lines:
                any(pattern.search(line) for pattern in compiled)
            speeds.append((f"Python loop, {len(compiled)} patterns", 200_000 / (time.perf_counter() - start)))
            for name, speed in speeds:
                print(f"  {name:32} {speed / 1e9:9.5f} GB/s   faultline is {speeds[0][1] / speed:8.2f} times as fast")
        pair = [subprocess.Popen(scan + ["1", log], stdout=subprocess.DEVNULL) for _ in range(2)]
        start = time.perf_counter()
        for process in pair:
            process.wait()
        both = time.perf_counter() - start
        print(f"\ntwo independent processes did twice the work in {both / one:.2f} times the time of one")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
