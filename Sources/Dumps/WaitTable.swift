/// Frames that wait, and for what. This is the one place that knows them.
enum WaitTable {
    struct Row {
        /// The function without its class; `nil` for any that does not begin with an underscore.
        let function: String?
        /// The end of the path; with a slash at its end a folder, with a star the beginning of a native library's name.
        let file: String
        /// `nil`: the function's name is what it waits in.
        let what: String?

        init(_ function: String?, _ file: String, _ what: String?) {
            self.function = function
            self.file = file
            self.what = what
        }
    }

    static let backward = "the backward pass"

    static let collectives = [
        Row("monitored_barrier", "torch/distributed/distributed_c10d.py", "barrier"),
        Row(nil, "torch/distributed/distributed_c10d.py", nil),
        Row("wait_tensor", "torch/distributed/_functional_collectives.py", "a collective"),
        Row(nil, "torch/distributed/_functional_collectives.py", nil),
        Row(nil, "torch/distributed/rendezvous.py", "the rendezvous"),
        Row("_store_based_barrier", "torch/distributed/distributed_c10d.py", "init_process_group"),
    ]

    /// Of several rows that fit, the first counts: a DataLoader, too, waits in a queue, and a queue for a lock.
    static let specific =
        collectives + [
            Row(nil, "torch/distributed/elastic/", "its workers (torchrun)"),
            Row("_invoke_run", "torch/distributed/elastic/agent/server/api.py", "its workers (torchrun)"),
            Row(nil, "torch/distributed/checkpoint/", "a distributed checkpoint"),
            Row("synchronize", "torch/cuda/__init__.py", "torch.cuda.synchronize"),
            Row("synchronize", "torch/cuda/streams.py", "GPU work"),
            Row("_worker_loop", "torch/utils/data/_utils/worker.py", "work for a DataLoader worker"),
            Row("_try_get_data", "torch/utils/data/dataloader.py", "the DataLoader's workers"),
            Row("_next_data", "torch/utils/data/dataloader.py", "the DataLoader"),
            Row("save", "torch/serialization.py", "writing a checkpoint"),
            Row("load", "torch/serialization.py", "reading a checkpoint"),
            Row("backward", "torch/autograd/", backward),
            Row("backward", "torch/_tensor.py", backward),
            Row("_engine_run_backward", "torch/autograd/graph.py", backward),
        ]

    static let general = [
        Row("get", "multiprocessing/queues.py", "a queue"),
        Row("get", "queue.py", "a queue"),
        Row("join", "threading.py", "a thread's end"),
        Row("wait", "subprocess.py", "a child process"),
        Row("communicate", "subprocess.py", "a child process"),
        Row("join", "multiprocessing/process.py", "a child process"),
        Row("result", "concurrent/futures/_base.py", "a future"),
        Row("run_forever", "asyncio/base_events.py", "its event loop"),
        Row("readinto", "socket.py", "the network"),
        Row("recv", "ssl.py", "the network"),
        Row("read", "ssl.py", "the network"),
        Row("create_connection", "socket.py", "the network"),
        Row("recv", "multiprocessing/connection.py", "another process's pipe"),
        Row("poll", "multiprocessing/connection.py", "another process's pipe"),
        Row("wait", "multiprocessing/connection.py", "other processes"),
        Row("select", "selectors.py", "sockets or pipes"),
        Row("wait", "threading.py", "a lock"),
        Row("acquire", "threading.py", "a lock"),
    ]

    /// Last, what `--native` shows below Python.
    static let native = [
        Row(nil, "libnccl*", "NCCL"),
        Row(nil, "librccl*", "RCCL"),
        Row(nil, "libcuda*", "GPU work"),
        Row(nil, "libamdhip*", "GPU work"),
        Row("recv", "libc*", "the network"),
        Row("fsync", "libc*", "file I/O"),
        Row("read", "libc*", "file I/O"),
        Row("pread64", "libc*", "file I/O"),
        Row("open64", "libc*", "file I/O"),
        Row("clock_nanosleep", "libc*", "a sleep"),
        Row("PyThread_acquire_lock_timed", "*", "a lock"),
        Row("futex_wait", "*", "a lock"),
    ]

    /// What a thread waits in, told by the frames inside the user's innermost one.
    static func wait(of frames: [CodePlace]) -> String? {
        let inner = frames.prefix { !$0.isUsers }
        for rows in [specific, general, native] {
            if let wait = wait(of: inner, in: rows) { return wait }
        }
        return nil
    }

    static func collective(of frames: [CodePlace]) -> String? {
        wait(of: frames.prefix { !$0.isUsers }, in: collectives)
    }

    private static func wait(of frames: ArraySlice<CodePlace>, in rows: [Row]) -> String? {
        for row in rows {
            for frame in frames where matches(frame, row) { return row.what ?? String(frame.bareFunction) }
        }
        return nil
    }

    private static func matches(_ frame: CodePlace, _ row: Row) -> Bool {
        if let function = row.function {
            guard frame.bareFunction == function else { return false }
        } else if frame.bareFunction.hasPrefix("_") || frame.bareFunction == "wrapper"
            || frame.bareFunction == "<module>"
        {
            return false
        }
        if row.file.hasSuffix("*") {
            return !frame.file.hasSuffix(".py")
                && frame.file.split(separator: "/").last?.hasPrefix(row.file.dropLast()) ?? false
        }
        if row.file.hasSuffix("/") { return frame.file.hasPrefix(row.file) || frame.file.contains("/" + row.file) }
        return frame.file == row.file || frame.file.hasSuffix("/" + row.file)
    }
}
