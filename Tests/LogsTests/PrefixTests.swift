import CrashModel
import Foundation
import Testing

@testable import Logs

/// One line, the message that should be left, and the time that it states (`wall`, `yearless`, `boot`, `day`).
struct PrefixCase: CustomTestStringConvertible {
    var line: String
    var message: String
    var time: String?
    init(_ line: String, _ message: String, _ time: String? = nil) {
        self.line = line
        self.message = message
        self.time = time
    }
    var testDescription: String { line }
}

func spelled(_ stated: StatedTime?) -> String? {
    guard let stated else { return nil }
    switch stated.form {
    // Half a millisecond, because iso8601 cuts where a Date cannot hold .678 exactly.
    case .wall(let date): return (date + 0.0005).iso8601 + (stated.zoneStated ? "" : "?")
    case .yearless(let month, let day, let seconds): return "\(month)/\(day) \(String(format: "%.3f", seconds))"
    case .sinceBoot(let seconds): return String(format: "boot %.6f", seconds)
    case .timeOfDay(let seconds): return String(format: "day %.3f", seconds)
    }
}

struct PrefixTests {
    @Test(
        "A time at the start of a line is read and taken off",
        arguments: [
            PrefixCase("2026-11-21T04:15:12.795Z loss is fine", "loss is fine", "2026-11-21T04:15:12.795Z"),
            PrefixCase("2026-11-21T04:15:12+02:00 x", "x", "2026-11-21T02:15:12.000Z"),
            PrefixCase("2026-11-21 04:15:12 +0000 x", "x", "2026-11-21T04:15:12.000Z"),
            PrefixCase("2026-11-21 04:15:12 UTC x", "x", "2026-11-21T04:15:12.000Z"),
            PrefixCase("2026-11-21 04:15:12 x", "x", "2026-11-21T04:15:12.000Z?"),
            PrefixCase(
                "2026-11-21 04:15:12,678 - trainer - INFO - x", "trainer - INFO - x", "2026-11-21T04:15:12.678Z?"),
            PrefixCase("2026-11-21_04:15:12 x", "x", "2026-11-21T04:15:12.000Z?"),
            PrefixCase("2024/05/06 01:02:03 x", "x", "2024-05-06T01:02:03.000Z?"),
            PrefixCase(
                "[2023-04-14 13:11:27,879] [INFO] [launch.py:428] x", "[INFO] [launch.py:428] x",
                "2023-04-14T13:11:27.879Z?"),
            PrefixCase(
                "2023-03-14 16:05:09.195263: E tensorflow/x.cc:29] y", "E tensorflow/x.cc:29] y",
                "2023-03-14T16:05:09.195Z?"),
            PrefixCase("24/05/06 01:02:03 ERROR Executor: x", "ERROR Executor: x", "2024-05-06T01:02:03.000Z?"),
            PrefixCase("05/26/2024 01:02:03 - INFO - x", "INFO - x", "2024-05-26T01:02:03.000Z?"),
            PrefixCase("10/Oct/2000:13:55:36 -0700 GET", "GET", "2000-10-10T20:55:36.000Z"),
            PrefixCase("12/09 06:49:23 - mmengine - INFO - x", "mmengine - INFO - x", "12/9 24563.000"),
            PrefixCase("[Wed Oct 11 14:32:52 2000] [error] x", "[error] x", "2000-10-11T14:32:52.000Z?"),
            PrefixCase("1692825600.250 x", "x", "2023-08-23T21:20:00.250Z"),
            PrefixCase("1692825600250 x", "x", "2023-08-23T21:20:00.250Z"),
            PrefixCase(
                "[1693425345.250000] [node3:812 :0] ucp_context.c:1", "[node3:812 :0] ucp_context.c:1",
                "2023-08-30T19:55:45.250Z"),
            PrefixCase("04:15:12 x", "x", "day 15312.000"),
            PrefixCase("[04:15:12] ../src/storage.cc:1: x", "../src/storage.cc:1: x", "day 15312.000"),
            PrefixCase(
                "[task 2019-04-30T02:12:41.500Z] 02:12:41     INFO - x", "    INFO - x", "2019-04-30T02:12:41.500Z"),
            PrefixCase(
                "[Feb 27 2025 14:08:27] [INFO] [tid 1584] x", "[INFO] [tid 1584] x", "2025-02-27T14:08:27.000Z?"),
            PrefixCase("Wed Dec  6 23:54:11 UTC 2017 x", "x", "2017-12-06T23:54:11.000Z"),
            PrefixCase(
                "2023-04-29 06:01:12.977 [183/train/601 (pid 30118)] [5b1f62ee-0e4c-47a5-9c7e-71d3c4b13160]   File \"a\"",
                "  File \"a\"", "2023-04-29T06:01:12.977Z?"),
        ])
    func times(_ it: PrefixCase) {
        let line = read(it.line).lines[0]
        #expect(line.words == it.message)
        #expect(spelled(line.stated) == it.time)
        #expect(!line.isKernel)
    }

    @Test(
        "A mark that is part of the message keeps its place; its time is read all the same",
        arguments: [
            PrefixCase("[E1218 20:27:21.426415540 ProcessGroupNCCL.cpp:629] x", "", "12/18 73641.426"),
            PrefixCase("[E321 02:07:08.408271257 ProcessGroupNCCL.cpp:607] x", "", "3/21 7628.408"),
            PrefixCase("W1121 04:02:37.266000 523 torch/distributed/api.py:1002] x", "", "11/21 14557.266"),
            PrefixCase("I0101 12:00:00.123456 77 file.cc:12] x", "", "1/1 43200.123"),
            PrefixCase("E0326 15:43:36.380682   12398 reflector.go:458] x", "", "3/26 56616.381"),
            PrefixCase("[NeMo I 2024-01-02 03:04:05 nemo_logging:349] x", "", "2024-01-02T03:04:05.000Z?"),
            PrefixCase("[05/06 01:02:03 d2.utils.events]: eta", "", "5/6 3723.000"),
            PrefixCase("INFO 05-06 01:02:03 llm_engine.py:72] x", "", "5/6 3723.000"),
            PrefixCase("[W 240506 01:02:03 manager:12] x", "", "2024-05-06T01:02:03.000Z?"),
            PrefixCase("[INFO ]2020-01-02@12:13:14,123:org.apache.spark x", "", "2020-01-02T12:13:14.123Z?"),
            PrefixCase("[2026-11-21 04:09:34,016 W 9885 9886] (raylet) x.cc:1: y", "", "2026-11-21T04:09:34.016Z?"),
        ])
    func marks(_ it: PrefixCase) {
        let line = read(it.line).lines[0]
        #expect(line.words == it.line)
        #expect(spelled(line.stated) == it.time)
    }

    @Test("Marks state the pid")
    func markPids() {
        #expect(read("W1121 04:02:37.266000 523 torch/api.py:1002] x").lines[0].origin.pid == 523)
        #expect(read("[2026-11-21 04:09:34,016 W 9885 9886] (raylet) y").lines[0].origin.pid == 9885)
    }

    @Test(
        "Kernel records are known by their shape on every route",
        arguments: [
            PrefixCase("[ 8979.189060] Out of memory", "Out of memory", "boot 8979.189060"),
            PrefixCase("    [   77.740597] x", "x", "boot 77.740597"),
            PrefixCase("[   12.345678][ T1234] x", "x", "boot 12.345678"),
            PrefixCase("[    1.200000 <    0.100000>] x", "x", "boot 1.200000"),
            PrefixCase("<6>[  12.3] x", "x", "boot 12.300000"),
            PrefixCase("<4>[ 8979.189060]  ? do_exit", " ? do_exit", "boot 8979.189060"),
            PrefixCase("[Sat Nov 21 03:57:09 2026] NVRM: x", "NVRM: x", "2026-11-21T03:57:09.000Z?"),
            PrefixCase(
                "[Wed Dec  6 23:54:11 2017] [28438]     0 28438  5063909 java", "[28438]     0 28438  5063909 java",
                "2017-12-06T23:54:11.000Z?"),
            PrefixCase("[mié nov 21 03:57:09 2026] x", "x", "2026-11-21T03:57:09.000Z?"),
            PrefixCase("kern  :info  : [ 8979.189044] x", "x", "boot 8979.189044"),
            PrefixCase("kern  :warn  : 2025-01-21T04:41:44,283575+00:00 x", "x", "2025-01-21T04:41:44.284Z"),
            PrefixCase("172.20.0.2: kern:    info: [2021-05-06T07:08:09.5Z]: x", "x", "2021-05-06T07:08:09.500Z"),
            PrefixCase("6,436,8979189044,-;x\\x5by\\x09", "x[y", "boot 8979.189044"),
            PrefixCase("kernel: x", "x"),
            PrefixCase("Nov 21 04:15:12 vm kernel: [ 9992.575238] x", "x", "11/21 15312.000"),
            PrefixCase("Nov 21 04:15:12 vm kernel: x", "x", "11/21 15312.000"),
            PrefixCase("2026-11-21T04:15:12.795+00:00 vm kernel: [ 9992.575238] x", "x", "2026-11-21T04:15:12.795Z"),
            PrefixCase(
                "2025-01-17T17:10:48+0000 n-1.lan.job-svc kernel: IPv6: x", "IPv6: x", "2025-01-17T17:10:48.000Z"),
            PrefixCase("Sat 2026-11-21 04:01:32 UTC vm kernel: x", "x", "2026-11-21T04:01:32.000Z"),
            PrefixCase("[ 9204.103172] vm kernel: x", "x", "boot 9204.103172"),
            PrefixCase("12:[ 9204.103172] x", "x", "boot 9204.103172"),
        ])
    func kernel(_ it: PrefixCase) {
        let line = read(it.line).lines[0]
        #expect(line.words == it.message)
        #expect(spelled(line.stated) == it.time)
        #expect(line.isKernel)
    }

    @Test(
        "Months are read in the languages that logs come in",
        arguments: [
            ("mars 27 18:46:05", 3), ("févr. 27 18:46:05", 2), ("Mär 27 18:46:05", 3), ("Okt 27 18:46:05", 10),
            ("ene 27 18:46:05", 1), ("gen 27 18:46:05", 1), ("out 27 18:46:05", 10), ("mrt 27 18:46:05", 3),
            ("paź 27 18:46:05", 10), ("апр 27 18:46:05", 4), ("maj 27 18:46:05", 5), ("úno 27 18:46:05", 2),
            ("11月 27 18:46:05", 11), ("Sep  7 18:46:05", 9),
        ])
    func months(_ start: String, _ month: Int) throws {
        let line = read(start + " vm kernel: x").lines[0]
        #expect(line.words == "x")
        #expect(line.origin.host == "vm")
        guard case .yearless(let found, _, _) = try #require(line.stated).form else {
            Issue.record("\(start) gave no yearless time")
            return
        }
        #expect(found == month)
    }

    @Test("What a process writes through the kernel's log is not the kernel's")
    func forged() {
        #expect(!read("11,439,8979189044,-;NVRM: Xid (PCI:0000:3b:00): 79").lines[0].isKernel)
        #expect(!read("user  :warn  : x").lines[0].isKernel)
        #expect(!read("Nov 21 04:15:12 vm python[81]: kernel: x").lines[0].isKernel)
    }

    @Test("dmesg -H: differences add up to times")
    func human() {
        let lines = read("[May19 19:57] a\n[  +0.500000] b\n[  +1.250000] c").lines
        #expect(lines.map(\.words) == ["a", "b", "c"])
        #expect(lines.map { spelled($0.stated) } == ["5/19 71820.000", "5/19 71820.500", "5/19 71821.750"])
        #expect(lines.allSatisfy { $0.isKernel })
        #expect(read("[  +0.500000] b").lines[0].stated == nil)
    }

    @Test("A line with both clocks states both")
    func bothClocks() {
        #expect(read("Nov 21 04:15:12 vm kernel: [ 9992.575238] x").lines[0].stated?.sinceBoot == 9992.575238)
    }

    @Test("Syslog keeps the program's tag and gives host and pid")
    func syslog() {
        let line = read("Sep 10 14:59:49 image systemd-oomd[34]: oomd attempting to kill 66 with KILL").lines[0]
        #expect(line.words == "systemd-oomd[34]: oomd attempting to kill 66 with KILL")
        #expect(line.origin.host == "image")
        #expect(line.origin.pid == 34)
    }

    struct OriginCase {
        var line: String
        var message: String
        var origin: LineOrigin
    }

    @Test(
        "Tags of launchers are taken off and say who wrote the line",
        arguments: [
            OriginCase(line: "[rank3]: Traceback", message: "Traceback", origin: .init(rank: 3, stream: "rank3")),
            OriginCase(line: "[rank0]:     with f:", message: "    with f:", origin: .init(rank: 0, stream: "rank0")),
            OriginCase(line: "rank3: x", message: "x", origin: .init(rank: 3, stream: "rank3")),
            OriginCase(
                line: "[default7]:  x", message: " x", origin: .init(rank: 7, isRankLocal: true, stream: "default7")),
            OriginCase(
                line: "[default3]:[rank11]: x", message: "x", origin: .init(rank: 11, stream: "default3 rank11")),
            OriginCase(line: "3: x", message: "x", origin: .init(rank: 3, stream: "task 3")),
            OriginCase(line: " 12:   x", message: "  x", origin: .init(rank: 12, stream: "task 12")),
            OriginCase(line: "[3] x", message: "x", origin: .init(rank: 3, stream: "rank3")),
            OriginCase(line: "[1,3]<stderr>:x", message: "x", origin: .init(rank: 3, stream: "rank3")),
            OriginCase(
                line: "[1,mpirank:9,algo-2]<stdout>:x", message: "x",
                origin: .init(host: "algo-2", rank: 9, stream: "rank9")),
            OriginCase(
                line: "(RayTrainWorker pid=123, ip=10.0.0.1) x", message: "x",
                origin: .init(host: "10.0.0.1", pid: 123, stream: "RayTrainWorker pid=123, ip=10.0.0.1")),
            OriginCase(line: "(raylet) x", message: "x", origin: .init(stream: "raylet")),
            OriginCase(line: "stderr:   File", message: "  File", origin: .init()),
            OriginCase(line: "trainer-1  | x", message: "x", origin: .init(stream: "trainer-1")),
            OriginCase(line: "[pod/t-0/main] x", message: "x", origin: .init(stream: "pod/t-0/main")),
            OriginCase(line: "train.log:12:x", message: "x", origin: .init()),
            OriginCase(
                line: "ng03:3063025:3066048 [2] NCCL WARN x", message: "ng03:3063025:3066048 [2] NCCL WARN x",
                origin: .init(host: "ng03", pid: 3_063_025, gpu: 2)),
            OriginCase(
                line: "[2023-07-10 04:09:43,963] [INFO] [x.py:93] [Rank 4] y",
                message: "[INFO] [x.py:93] [Rank 4] y", origin: .init(rank: 4)),
            OriginCase(
                line: "[PG ID 1 PG GUID 1 Rank 5]  y", message: "[PG ID 1 PG GUID 1 Rank 5]  y", origin: .init(rank: 5)),
            OriginCase(
                line: "2: [rank9]:[W321 02:07:08.4 x.cpp:1] y", message: "[W321 02:07:08.4 x.cpp:1] y",
                origin: .init(rank: 9, stream: "task 2 rank9")),
        ])
    func origins(_ it: OriginCase) {
        let lines = read(it.line).lines
        #expect(lines.count == 1)
        #expect(lines[0].words == it.message)
        #expect(lines[0].origin == it.origin)
    }

    @Test(
        "Text that only resembles a prefix stays",
        arguments: [
            "  File \"train.py\", line 3", "    return x", "[1]    12345 killed     python train.py", "12:34 x",
            "RuntimeError: CUDA error", "May the force", "1500000000 tokens", "[0]\tvalidation_0-rmse:1.5",
            "Mar 2 apples", "3.14: x", "[12.5] x", "kernel launch failed", "[loss] 3", "(a) first", "<html>",
            "Step 3: x", "slurmstepd: error: x", "[INFO] x", "2024-13-45 99:99:99 x", "", "[", "[[", "[1", "(", "<6",
            "6,1", "E99", "W1399 01:02:03.4 x]", "[rank]: x", "file.py:12: x", "[1,2]<std",
        ])
    func prose(_ text: String) {
        let lines = read(text).lines
        #expect(lines.map(\.words) == (text.isEmpty ? [] : [text]))
        #expect(lines.first?.stated == nil)
    }

    @Test("A message's level is not taken for a host")
    func levels() {
        #expect(read("Nov 21 04:15:12 INFO trainer: x").lines[0].words == "INFO trainer: x")
        #expect(read("2019-04-30 02:12:41,844 mask.utils INFO: x").lines[0].words == "mask.utils INFO: x")
    }

    @Test("A numbered list is not a set of ranks")
    func list() {
        let lines = read((1...30).map { "\($0): item" }.joined(separator: "\n")).lines
        #expect(lines.last?.origin.rank == nil)
    }

    @Test("Prefixes by the hundred are text in the end")
    func bounded() {
        let line = read(String(repeating: "[rank1]: ", count: 300) + "x").lines
        #expect(line.count >= 1)
    }
}
