#!/usr/bin/env python3
"""What `faultline record` costs, beside other recorders of machines, and whether it stays the same over many samples.

    Benchmarks/recorder.py [--processes 500] [--seconds 60 | --quick] [--rounds 1] [--binary .build/release/faultline]
    Benchmarks/recorder.py --soak [--samples 86400] [--keep 8M]

Peers, each once a second, one after the other: `atop -w`, `sadc -S ALL`, and prometheus-node-exporter that is scraped.
What is missing on the machine is left out. All see the same crowd: processes that sleep, and 16 whose memory changes
every second. `--soak` takes a day's number of samples as fast as they can be written while processes come and go, and
looks at the recorder ten times. The numbers belong to the machine: only ratios of one run mean anything.
"""
import argparse
import gzip
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
# For ten seconds the recorder looks at every process that is new to it, at its start at all of them.
WARM_UP = 12
DAY = 86_400
SADC = ["/usr/lib/sysstat/sadc", "/usr/lib64/sa/sadc", "/usr/lib/sa/sadc"]
CHANGING = 16

WORKER = """
import os, random, time
for _ in range(%d):
    if os.fork() == 0: break
random.seed(os.getpid())
room = bytearray()
parent = os.getppid()
while os.getppid() == parent:
    room = bytearray(b"x") * random.randrange(1 << 20, 4 << 20)
    time.sleep(1)
"""


class Crowd:
    """Processes to look at, which end with this program or a few minutes after it."""

    def __init__(self, count, seconds):
        asleep = max(0, count - CHANGING - len(pids()))
        sleeping = f"i=0; while [ $i -lt {asleep} ]; do sleep {seconds} & i=$((i+1)); done; exec sleep {seconds}"
        self.started = [
            subprocess.Popen(command, start_new_session=True)
            for command in (["sh", "-c", sleeping], [sys.executable, "-c", WORKER % (CHANGING - 1)])
        ]
        try:
            while len(pids()) < count and all(process.poll() is None for process in self.started):
                time.sleep(0.2)
            time.sleep(1)
        except BaseException:
            self.end()
            raise

    def end(self):
        for process in self.started:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # It ended by itself.
            process.wait()


def pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def stat(pid):
    """The fields of /proc/PID/stat after the name."""
    return text(f"/proc/{pid}/stat").rpartition(")")[2].split()


def family(root):
    """A process and all that came from it."""
    parents = {}
    for pid in pids():
        try:
            parents[pid] = int(stat(pid)[1])
        except OSError:
            pass
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def cpu(root):
    """Seconds of CPU that a process, its threads of all times and its children took."""
    ended = stat(root)[13:15]
    total = sum(map(int, ended)) / os.sysconf("SC_CLK_TCK")
    for pid in family(root):
        try:
            # The clock of another process, in nanoseconds: CPUCLOCK_SCHED of linux/posix-timers.h.
            total += time.clock_gettime((~pid << 3) | 2)
        except OSError:
            pass
    return total


def memory(root):
    """Resident bytes, and those of them that no file backs."""
    resident = anonymous = 0
    for pid in family(root):
        for line in text(f"/proc/{pid}/status").splitlines():
            if line.startswith("VmRSS:"):
                resident += int(line.split()[1]) << 10
            if line.startswith("RssAnon:"):
                anonymous += int(line.split()[1]) << 10
    return resident, anonymous


def size(path):
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(path, name)) for name in os.listdir(path) if name != "lock")


def start(command):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def stop(process):
    process.terminate()
    try:
        process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def measure(command, seconds, written, each_second=lambda: None):
    """Share of a core, resident bytes, anonymous ones, bytes written a second."""
    process = start(command)
    try:
        begun = time.monotonic()
        for second in range(1, WARM_UP + seconds + 1):
            time.sleep(max(0, begun + second - time.monotonic()))
            if process.poll() is not None:
                error = process.stderr.read().decode(errors="replace")
                sys.exit(f"{command[0]} ended with {process.returncode}: {error[-300:]}")
            each_second()
            if second == WARM_UP:
                before, bytes_before, since = cpu(process.pid), written(), time.monotonic()
        elapsed = time.monotonic() - since
        share = (cpu(process.pid) - before) / elapsed
        return (share, *memory(process.pid), (written() - bytes_before) / elapsed)
    finally:
        stop(process)


def programs(binary, folder):
    """Name, command, where it writes; a function to call every second for what has to be asked."""
    store = os.path.join(folder, "recording")
    yield "faultline record", [binary, "record", "--store", store], lambda: size(store), None
    if shutil.which("atop"):
        file = os.path.join(folder, "atop")
        yield "atop -w", ["atop", "-w", file, "1"], lambda: size(file), None
    for sadc in filter(os.path.exists, SADC):
        file = os.path.join(folder, "sadc")
        yield "sadc -S ALL", [sadc, "-S", "ALL", "1", file], lambda: size(file), None
        break
    exporter = shutil.which("prometheus-node-exporter") or shutil.which("node_exporter")
    if exporter:
        address = "127.0.0.1:19100"
        told = [0]

        def scrape():
            try:
                with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
                    told[0] += len(answer.read())
            except OSError:
                pass  # Not up yet; what it never tells shows as no bytes.

        yield "node_exporter", [exporter, f"--web.listen-address={address}"], lambda: told[0], scrape


def compare(options):
    crowd = Crowd(options.processes, 4 * (options.seconds + WARM_UP + 30) * options.rounds)
    best = {}
    recorded = b""
    try:
        print(f"{len(pids())} processes, {CHANGING} of them changing, {os.cpu_count()} CPUs, {options.seconds} s each")
        for _ in range(options.rounds):
            folder = tempfile.mkdtemp(prefix="faultline-benchmark-")
            try:
                for name, command, written, scrape in programs(options.binary, folder):
                    row = measure(command, options.seconds, written, scrape or (lambda: None))
                    best[name] = min(best.get(name, row), row)
                store = os.path.join(folder, "recording")
                recorded = b"".join(open(os.path.join(store, name), "rb").read() for name in os.listdir(store))
            finally:
                shutil.rmtree(folder)
    finally:
        crowd.end()
    own = best["faultline record"]
    print(
        f"\n{'':18}{'of a core':>10}{'to faultline':>14}{'resident':>12}{'of it anonymous':>17}{'bytes a second':>16}")
    for name, (share, resident, anonymous, rate) in best.items():
        print(
            f"{name:18}{share:>10.3%}{share / own[0]:>14.1f}{resident / 1e6:>9.1f} MB{anonymous / 1e6:>14.1f} MB"
            f"{rate:>16,.0f}")
    for name in {"atop -w", "sadc -S ALL", "node_exporter"} - set(best):
        print(f"{name}: not installed, left out")
    begun = time.thread_time()
    packed = len(gzip.compress(recorded, 6)) / len(recorded)
    packing = (time.thread_time() - begun) / len(recorded)
    day = own[3] * DAY
    print(
        f"\na day of this: {day / 1e6:.0f} MB, {day * packed / 1e6:.0f} MB compressed; 256 MB hold "
        f"{(256 << 20) / (day * packed):.1f} days\ncompressing it is another {packing * own[3]:.4%} of a core")


class Follower:
    """Counts what a recorder writes; a segment is read to its end also when it was compressed or deleted meanwhile."""

    def __init__(self, store):
        self.store = store
        self.open = {}
        self.samples = self.bytes = self.lost = self.segments = 0
        self.rest = b""

    def follow(self):
        names = [name for name in sorted(os.listdir(self.store)) if name.endswith(".jsonl")]
        for name in names:
            if name not in self.open:
                self.segments += 1
                self.open[name] = open(os.path.join(self.store, name), "rb")
        for name in sorted(self.open):
            text = self.open[name].read()
            self.bytes += len(text)
            lines = (self.rest + text).split(b"\n")
            self.rest = lines.pop()
            for line in lines:
                self.samples += line.startswith(b'{"t"')
                if line.startswith(b'{"mark":"gap"'):
                    self.lost += int(line.partition(b'"lost":')[2].partition(b",")[0])
            if name not in names:
                self.open.pop(name).close()


def soak(options):
    folder = tempfile.mkdtemp(prefix="faultline-benchmark-")
    store = os.path.join(folder, "recording")
    os.mkdir(store)
    crowd = Crowd(options.processes, 3600)
    done = threading.Event()
    passing = [0]

    def come_and_go():
        running = []
        while not done.wait(0.05):
            running = [process for process in running if process.poll() is None]
            running.append(subprocess.Popen(["sleep", "0.4"]))
            passing[0] += 1
        for process in running:
            process.wait()

    visitors = threading.Thread(target=come_and_go)
    command = [options.binary, "record", "--store", store, "--keep", options.keep]
    command += ["--interval", str(options.interval), "--samples", str(options.samples)]
    process = start(command)
    try:
        visitors.start()
        follower = Follower(store)
        begun = time.monotonic()
        point = 1
        print(f"{options.samples} samples, one each {options.interval:g} s or slower, {len(pids())} processes")
        # Cgroups come and go with the processes: their files are counted apart.
        print(
            f"\n{'samples':>9}{'seconds':>9}{'resident':>12}{'anonymous':>12}{'files':>7}{'cgroups':>10}{'disk':>11}"
            f"{'.gz':>6}{'plain':>7}")
        while process.poll() is None:
            time.sleep(0.1)
            follower.follow()
            if follower.samples < options.samples * point // 10 - options.samples // 100:
                continue
            try:
                resident, anonymous = memory(process.pid)
                opened = f"/proc/{process.pid}/fd"
                files = [os.readlink(os.path.join(opened, name)) for name in os.listdir(opened)]
                groups = sum(file.startswith("/sys/fs/cgroup") for file in files)
                names = os.listdir(store)
                disk = size(store)
            except (FileNotFoundError, ProcessLookupError):
                continue  # A segment was just replaced.
            if resident == 0:
                break  # It ended meanwhile.
            print(
                f"{follower.samples:>9}{time.monotonic() - begun:>9.0f}{resident / 1e6:>9.2f} MB"
                f"{anonymous / 1e6:>9.2f} MB"
                f"{len(files) - groups:>7}{groups:>10}{disk / 1e6:>8.2f} MB{sum(n.endswith('.gz') for n in names):>6}"
                f"{sum(n.endswith('.jsonl') for n in names):>7}", flush=True)
            point += 1
        process.wait()
        follower.follow()
        print(
            f"\n{follower.samples} samples and {follower.lost} given up, {follower.bytes / 1e6:.0f} MB in "
            f"{follower.segments} segments, {passing[0]} processes came and went, {size(store) / 1e6:.2f} MB are left "
            f"of {options.keep}")
        error = process.stderr.read().decode(errors="replace")
        if process.returncode != 0:
            sys.exit(f"the recorder ended with {process.returncode}: {error[-300:]}")
    finally:
        done.set()
        visitors.join()
        stop(process)
        crowd.end()
        shutil.rmtree(folder)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--processes", type=int, default=500)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--quick", action="store_true", help="20 seconds for each")
    options.add_argument("--rounds", type=int, default=1, help="the least of so many counts")
    options.add_argument("--binary", default=os.path.join(HERE, "..", ".build", "release", "faultline"))
    options.add_argument("--soak", action="store_true")
    options.add_argument("--samples", type=int, default=DAY)
    options.add_argument("--interval", type=float, default=0.002, help="of the soak")
    options.add_argument("--keep", default="8M", help="of the soak")
    options = options.parse_args()
    if not os.path.isdir("/proc/self/task"):
        return print("the recorder needs Linux; nothing to measure here")
    # Leaves nothing behind also when it is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if options.quick:
        options.seconds = 20
    if options.soak:
        soak(options)
    else:
        compare(options)


if __name__ == "__main__":
    main()
