import Testing

@testable import Dumps

struct StackDumpTests {
    private func dump(_ text: String) throws -> StackDump { try #require(StackDump(lines: StackSamples.lines(text))) }

    @Test("py-spy's dump: threads, states, frames without their locals, and the parent rather than its children")
    func pySpy() throws {
        let dump = try dump(StackSamples.locals)
        #expect(dump.pid == 8207)
        #expect(dump.program == "/usr/bin/python3 train.py --mode a:b")
        #expect(dump.threads.map(\.id) == ["8207", "8252", "0x7F8C12"])
        #expect(dump.threads.map(\.name) == ["MainThread", "pin (x): \"y\"", nil])
        #expect(dump.threads.map(\.state) == ["idle", "active+gil", "idle"])
        #expect(
            dump.mainThread?.frames.map(\.description) == [
                "Condition.wait (threading.py:327)", "Queue.get (queue.py:171)", "load_batch (train.py:6)",
                "main (train.py:10)", "<module> (train.py:11)",
            ])
        #expect(dump.place == CodePlace(function: "load_batch", file: "train.py", line: 6))
        #expect(dump.waitsIn == "a queue")
        let all = StackDump.all(in: StackSamples.lines(StackSamples.locals))
        #expect(all.map(\.pid) == [8207, 8253])
        #expect(all.map(\.isChild) == [false, true])
        #expect(all[1].waitsIn == nil)
        #expect(all[1].place?.function == "child")
    }

    @Test("Native frames have no line, and say what Python does not")
    func native() throws {
        let dump = try dump(StackSamples.native)
        #expect(dump.mainThread?.frames.first == CodePlace(function: "0x7f4edb8a3f16", file: "libc.so.6", line: nil))
        #expect(dump.waitsIn == "GPU work")
        #expect(dump.place?.description == "log_loss (train.py:60)")
    }

    @Test("faulthandler's dump: the oldest thread is the main one")
    func faultHandler() throws {
        let dump = try dump(StackSamples.faultHandler)
        #expect(dump.pid == nil)
        #expect(dump.threads.count == 2)
        #expect(dump.mainThread?.id == "0x00007fd871e4db80")
        #expect(dump.waitsIn == "all_reduce")
        #expect(dump.place == CodePlace(function: "train_step", file: "/srv/a \"b\", line 3 in c/train.py", line: 120))
    }

    @Test("A dump taken again and again counts by its last")
    func repeated() throws {
        let again = StackSamples.faultHandler.replacing("train_step", with: "evaluate")
        #expect(try dump(StackSamples.faultHandler + "\nstep 5 loss 1\n" + again).place?.function == "evaluate")
        // dump_traceback prints no line before the threads.
        let bare = again.split(separator: "\n").dropFirst().joined(separator: "\n")
        let all = StackDump.all(in: StackSamples.lines(StackSamples.faultHandler + "\n" + bare))
        #expect(all.map(\.threads.count) == [2, 2])
        #expect(all.last?.place?.function == "evaluate")
    }

    @Test("The current thread, a lone stack, names, unknown lines and C stacks")
    func variants() throws {
        let dump = try dump(
            """
            Fatal Python error: Segmentation fault

            Thread 0x00007fd8708e76c0 [pin_memory] (most recent call first):
              <no Python frame>

            Current thread 0x00007fd871e4db80 [python3] (most recent call first):
              File "/srv/train.py", line ??? in step
              File "/srv/train.py", line 4 in <module>
              ...

            Current thread's C stack trace (most recent call first):
              Binary file "/usr/lib/libpython3.14.so", at _Py_DumpStack+0x4d [0x7f]
              File "/x.py", line 1 in not_python
            Extension modules: numpy (total: 1)
            """)
        #expect(dump.threads.map(\.name) == ["pin_memory", "python3"])
        #expect(dump.threads.map(\.frames.count) == [0, 2])
        #expect(dump.mainThread?.frames.first == CodePlace(function: "step", file: "/srv/train.py", line: nil))
        let alone = try self.dump(
            "Stack (most recent call first):\n  File \"a.py\", line 1 in f\nloss 3\n  File \"b.py\", line 2 in g")
        #expect(alone.threads.map(\.frames.count) == [1])
    }

    @Test("Collectives that a thread of the backward pass stands in are the main thread's")
    func backward() throws {
        let text = """
            Thread 42 (idle): "MainThread"
                _engine_run_backward (torch/autograd/graph.py:769)
                backward (torch/autograd/__init__.py:289)
                backward (torch/_tensor.py:521)
                backward (deepspeed/runtime/engine.py:2020)
                training_loop (src/fine_tune.py:411)
                <module> (src/fine_tune.py:586)
            Thread 928 (idle): "Thread-1"
                wait (threading.py:324)
                run (tqdm/_monitor.py:60)
            """
        #expect(try dump(text).waitsIn == "the backward pass")
        #expect(try dump(text).place?.description == "training_loop (fine_tune.py:411)")
        let hook = """

            Thread 4079 (active)
                all_gather_into_tensor (torch/distributed/distributed_c10d.py:2709)
                wrapper (torch/distributed/c10d_logger.py:72)
                all_gather_into_tensor (deepspeed/comm/torch.py:219)
            """
        #expect(try dump(text + hook).waitsIn == "all_gather_into_tensor")
    }

    @Test(
        "What threads wait in",
        arguments: [
            ("barrier (torch/distributed/distributed_c10d.py:4159)", "barrier"),
            ("_wait (torch/distributed/distributed_c10d.py:1)|recv (torch/distributed/distributed_c10d.py:2)", "recv"),
            ("wait_tensor (torch/distributed/_functional_collectives.py:130)", "a collective"),
            ("synchronize (torch/cuda/__init__.py:954)", "torch.cuda.synchronize"),
            ("Event.synchronize (torch/cuda/streams.py:225)", "GPU work"),
            (
                "wait (threading.py:327)|get (queue.py:171)|_try_get_data (torch/utils/data/dataloader.py:1120)",
                "the DataLoader's workers"
            ),
            ("poll (multiprocessing/connection.py:257)|get (multiprocessing/queues.py:113)", "a queue"),
            (
                "select (selectors.py:415)|wait (multiprocessing/connection.py:948)|_worker_loop (torch/utils/data/_utils/worker.py:308)",
                "work for a DataLoader worker"
            ),
            ("readinto (socket.py:706)|get (requests/api.py:73)", "the network"),
            ("futex_wait (libc.so.6)", "a lock"), ("ncclAllReduce (libnccl.so.2)", "NCCL"),
            ("save (torch/serialization.py:800)", "writing a checkpoint"),
            ("load_batch (data.py:88)|barrier (torch/distributed/distributed_c10d.py:4159)", nil),
            ("get (/srv/queue.py:3)", nil), ("forward (torch/nn/modules/linear.py:116)", nil),
        ] as [(String, String?)])
    func waits(_ frames: String, _ expected: String?) throws {
        let lines =
            ["Thread 1 (idle): \"MainThread\""] + frames.split(separator: "|").map { "    " + $0 } + [
                "    main (run.py:1)"
            ]
        #expect(try dump(lines.joined(separator: "\n")).waitsIn == expected)
    }

    @Test(
        "Whose code stands in a file",
        arguments: [
            ("/srv/train.py", true, true), ("train.py", true, true), ("src/model/train.py", true, true),
            ("/home/me/torch/train.py", true, true), ("/tmp/ipykernel_12/3.py", true, true),
            ("/env/lib/python3.11/site-packages/deepspeed/engine.py", false, true),
            ("deepspeed/runtime/engine.py", false, true),
            ("/usr/lib/python3/dist-packages/torch/nn/functional.py", false, false),
            ("/opt/pytorch/torch/nn/functional.py", false, false), ("torch/nn/functional.py", false, false),
            ("/usr/lib/python3.11/threading.py", false, false), ("threading.py", false, false),
            ("<frozen runpy>", false, false), ("libc.so.6", false, false), ("", false, false),
        ])
    func owners(_ file: String, _ isUsers: Bool, _ isCaller: Bool) {
        let place = CodePlace(function: "f", file: file, line: 1)
        #expect(place.isUsers == isUsers)
        #expect(place.isCaller == isCaller)
    }

    @Test(
        "Text without threads is no dump",
        arguments: [
            "", "loss 3.4", "Thread pool (4 workers) started", "Process 12: done", "Thread 5 is (idle)",
            "Process x: y\nThread 1 idle",
            "Timeout (0:05:00)!", "Traceback (most recent call last):\n  File \"a.py\", line 1, in f",
        ])
    func nothing(_ text: String) {
        #expect(StackDump(lines: StackSamples.lines(text)) == nil)
    }
}

struct StackComparisonTests {
    private func stack(_ frames: String...) throws -> StackDump {
        try #require(StackDump(lines: ["Thread 1 (idle): \"MainThread\""] + frames.map { "    " + $0 }))
    }

    private func waiting() throws -> StackDump {
        try stack("all_reduce (torch/distributed/distributed_c10d.py:2696)", "step (train.py:120)")
    }

    @Test("The one elsewhere is named")
    func one() throws {
        let comparison = StackComparison(
            try (0..<8).map {
                ("rank \($0)", $0 == 3 ? try stack("load_batch (data.py:88)", "main (train.py:9)") : try waiting())
            })
        #expect(comparison.summary == "rank 3 is in load_batch (data.py:88), the 7 others wait in all_reduce")
        #expect(comparison.majority?.names.count == 7)
        #expect(comparison.others.map(\.names) == [["rank 3"]])
    }

    @Test("All alike, one alone, none, no majority, and others elsewhere")
    func rest() throws {
        #expect(StackComparison([]).summary == "no stack dump to compare")
        #expect(
            StackComparison([("a", try waiting())]).summary == "a waits in all_reduce, called from step (train.py:120)")
        #expect(
            StackComparison(try (0..<4).map { ("rank \($0)", try waiting()) }).summary == "all 4 wait in all_reduce")
        let loading = try stack(
            "get (queue.py:1)", "_try_get_data (torch/utils/data/dataloader.py:3)", "epoch (train.py:8)")
        let saving = try stack("write (store.py:5)")
        let even = StackComparison([("rank 0", try waiting()), ("rank 1", loading)])
        #expect(even.majority == nil)
        #expect(
            even.summary
                == "rank 0 waits in all_reduce, called from step (train.py:120); rank 1 waits for the DataLoader's workers, called from epoch (train.py:8)"
        )
        let several = StackComparison(
            [("rank 0", saving), ("rank 1", loading), ("rank 2", loading)]
                + (try (3..<9).map { ("rank \($0)", try waiting()) }))
        #expect(
            several.summary
                == "ranks 1-2 wait for the DataLoader's workers, rank 0 is in write (store.py:5), the 6 others wait in all_reduce"
        )
    }
}
