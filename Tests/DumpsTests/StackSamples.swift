/// Printed by py-spy 0.4 and Python 3.11; paths shortened.
enum StackSamples {
    static let locals = #"""
        Process 8207: /usr/bin/python3 train.py --mode a:b
        Python v3.11.7 (/usr/bin/python3.11)

        Thread 8207 (idle): "MainThread"
            Condition.wait (threading.py:327)
                Arguments:
                    self: <Condition at 0x7f4edb0cf450>
                    timeout: None
                Locals:
                    waiter: <_thread.lock at 0x7f4edb0cfc00>
            Queue.get (queue.py:171)
                Arguments:
                    self: <Queue at 0x7f4edb0cf410>
            load_batch (train.py:6)
                Locals:
                    names: ["a (b.py:3)", "x"]
            main (train.py:10)
            <module> (train.py:11)
        Thread 8252 (active+gil): "pin (x): "y""
            Thread.run (threading.py:982)
            Thread._bootstrap (threading.py:1002)
        Thread 0x7F8C12 (idle)

        --------------------------------------------------------------------------------
        Process 8253: /usr/bin/python3 train.py
        Python v3.11.7 (/usr/bin/python3.11)
        Parent Process 8207: /usr/bin/python3 train.py --mode a:b

        Thread 8253 (idle): "MainThread"
            child (train.py:3)
            BaseProcess.run (multiprocessing/process.py:108)
            <module> (train.py:11)
        """#

    static let native = #"""
        Process 8207: python3 train.py
        Python v3.11.7 (/usr/bin/python3.11)

        Thread 8207 (idle): "MainThread"
            0x7f4edb8a3f16 (libc.so.6)
            cudaStreamSynchronize (libcudart.so.12)
            item (torch/_tensor.py:900)
            log_loss (train.py:60)
            <module> (train.py:11)
            0x7f4edb84524a (libc.so.6)
        """#

    static let faultHandler = #"""
        Timeout (0:05:00)!
        Thread 0x00007fd8708e76c0 (most recent call first):
          File "/srv/pin.py", line 3 in worker
          File "/usr/lib/python3.11/threading.py", line 982 in run
          File "/usr/lib/python3.11/threading.py", line 1002 in _bootstrap

        Thread 0x00007fd871e4db80 (most recent call first):
          File "/usr/lib/python3.11/site-packages/torch/distributed/distributed_c10d.py", line 2696 in all_reduce
          File "/usr/lib/python3.11/site-packages/torch/distributed/c10d_logger.py", line 83 in wrapper
          File "/srv/a "b", line 3 in c/train.py", line 120 in train_step
          File "/srv/train.py", line 10 in <module>
        """#

    static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
