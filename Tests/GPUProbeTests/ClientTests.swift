#if os(Linux)
    import CGPUProbe
    import CrashModel
    import Foundation
    import Testing

    @testable import GPUProbe

    struct ClientTests {
        @Test func eachLineIsReturnedOnceAndSaysHowOldItIs() throws {
            let rig = ProbeRig()
            #expect(try rig.poll() == nil)
            #expect(rig.client.state == .starting)
            _ = try rig.answer(after: 2)
            #expect(rig.client.state == .answering)
            #expect(rig.client.age == 2)
            _ = try rig.answer()
            #expect(rig.client.age == 1)
        }

        @Test func aCallThatHangsIsNamedAndTheProbeReplaced() throws {
            let rig = ProbeRig("hangs")
            let start = rig.now + 1
            _ = try rig.answer()
            _ = try rig.answer()
            let asked = rig.now
            try rig.waitUntilCalling(.power, gpu: 1)
            #expect(try rig.poll(after: 4.9) == nil)
            #expect(rig.client.state == .answering)
            let first = try #require(rig.client.pid)
            let silent = try #require(try rig.poll(after: 0.1))
            #expect(silent.status == .notAnswering)
            #expect(silent.driver == "nvidia 550.54.15")
            #expect(silent.problem == "nvmlDeviceGetPowerUsage (GPU 1) has not come back")
            #expect(silent.silent == 5)
            #expect(silent.gpus.isEmpty)
            #expect(rig.client.state == .notAnswering)
            #expect(try rig.poll(after: 24)?.silent == 29)
            #expect(rig.client.pid == first)
            #expect(try rig.poll(after: 1)?.silent == 30)
            #expect(rig.client.pid == nil)
            try rig.wait { kill(first, 0) != 0 || isZombie(first) ? true : nil }
            // No more than one start a minute.
            rig.now = start + 59
            #expect(try rig.poll()?.silent == start + 59 - asked)
            #expect(rig.client.pid == nil)
            rig.now = start + 60
            #expect(try rig.poll()?.status == .notAnswering)
            #expect(rig.client.pid != nil && rig.client.pid != first)
            #expect(kill(first, 0) != 0)
            let again = try rig.wait { () -> GPUsSample? in
                let sample = try rig.poll()
                return sample?.status == .ok ? sample : nil
            }
            #expect(again.gpus.count == 2)
            #expect(rig.client.state == .answering)
        }

        @Test func aCallThatComesBackLateEndsTheSilence() throws {
            let rig = ProbeRig("slow", environment: ["FAKE_SECONDS=1"])
            _ = try rig.answer()
            _ = try rig.answer()
            try rig.waitUntilCalling(.power, gpu: 1)
            #expect(try rig.poll(after: 7)?.status == .notAnswering)
            let first = rig.client.pid
            rig.now += 1
            let sample = try rig.wait { () -> GPUsSample? in
                let sample = try rig.poll()
                return sample?.status == .ok ? sample : nil
            }
            #expect(sample.gpus.count == 2)
            #expect(rig.client.age == 8)
            #expect(rig.client.pid == first)
            #expect(try rig.answer().status == .ok)
        }

        @Test func aDriverThatOpensSlowlyIsGivenMoreTime() throws {
            let rig = ProbeRig("init-hangs")
            #expect(try rig.poll() == nil)
            try rig.waitUntilCalling(.initialize)
            #expect(try rig.poll(after: 29) == nil)
            let silent = try rig.poll(after: 1)
            #expect(silent?.problem == "nvmlInit has not come back")
            #expect(silent?.silent == 30)
            #expect(silent?.driver == nil)
        }

        @Test(arguments: [("crashes", "signal 11 in nvmlDeviceGetPowerUsage (GPU 1)"), ("exits", "status 7")])
        func aProbeThatDiesIsStartedAgainAtGrowingDistances(_ behaviour: String, _ words: String) throws {
            let rig = ProbeRig(behaviour)
            for pause in [1.0, 2, 4] {
                // Two good lines, and it ends while it makes the third.
                let failing = try rig.wait { () -> GPUsSample? in
                    let sample = try rig.poll()
                    return sample?.status == .failing && rig.client.pid == nil ? sample : nil
                }
                #expect(failing.problem?.contains(words) == true)
                #expect(failing.driver == "nvidia 550.54.15")
                #expect(try rig.poll(after: pause - 0.1)?.status == .failing)
                #expect(rig.client.pid == nil)
                #expect(try rig.poll(after: 0.1)?.status == .failing)
                #expect(rig.client.pid != nil)
                let good = try rig.wait { () -> GPUsSample? in
                    let sample = try rig.poll()
                    return sample?.status == .ok ? sample : nil
                }
                #expect(good.gpus.count == 2)
            }
        }

        @Test(arguments: [("", ProbeRig.Library.missing), ("not-loaded", .fake), ("empty", .fake)])
        func aMachineWithoutGPUsIsQuietAndSeldomAskedAgain(_ behaviour: String, _ library: ProbeRig.Library) throws {
            let rig = ProbeRig(behaviour, library: library)
            try rig.wait {
                let sample = try rig.poll()
                #expect(sample == nil)
                return rig.client.state == .absent ? true : nil
            }
            #expect(rig.client.pid == nil)
            #expect(try rig.poll(after: 599) == nil)
            #expect(rig.client.pid == nil)
            #expect(try rig.poll(after: 1) == nil)
            #expect(rig.client.pid != nil)
        }

        @Test func aContainerWithoutTheMachinesGPUsIsQuiet() throws {
            let root = try FakeRoot.withNVIDIADevice()
            try root.write("NVRM version: 550.54.15", to: "proc/driver/nvidia/version")
            let rig = ProbeRig("not-loaded", root: root.path)
            try rig.wait { () -> Bool? in
                let sample = try rig.poll()
                #expect(sample == nil)
                return rig.client.state == .absent ? true : nil
            }
        }

        @Test func aProgramThatCannotBeStartedIsSaidSo() throws {
            let client = GPUProbeClient(executable: "/nonexistent/probe", arguments: [])
            let line = try #require(client.poll(now: 1))
            let sample = try JSONDecoder().decode(GPUsSample.self, from: Data(line))
            #expect(sample.status == .failing)
            #expect(sample.problem == "the GPU probe could not be started: No such file or directory")
        }

        @Test(arguments: ["printf 'no json\\n'", "printf '{\"a\\033\"}\\n'", "head -c 70000 /dev/zero | tr '\\0' x"])
        func aProgramThatWritesSomethingElseIsNotBelieved(_ script: String) throws {
            let client = GPUProbeClient(executable: "/bin/sh", arguments: ["-c", "read x; \(script); read y; :"])
            var now = 0.0
            var sample: GPUsSample?
            for _ in 0..<4000 where sample == nil {
                now += 0.0001
                if let line = client.poll(now: now) {
                    sample = try JSONDecoder().decode(GPUsSample.self, from: Data(line))
                }
                usleep(1000)
            }
            #expect(sample?.status == .failing)
            #expect(sample?.problem == "the GPU probe wrote something that is no line of JSON")
            #expect(client.pid == nil)
        }

        @Test func ofProbesThatCannotBeKilledAtMostTwoAreLeftBehind() throws {
            var settings = GPUProbeClient.Settings()
            settings.silentAfterStart = 1
            settings.killAfter = 1
            settings.restartAfterHang = 0
            settings.endingSignal = 0
            let rig = ProbeRig("init-hangs", settings: settings)
            var seen: Set<Int32> = []
            defer { for pid in seen { kill(pid, SIGKILL) } }
            for _ in 0..<20 {
                _ = try rig.poll(after: 1)
                if let pid = rig.client.pid { seen.insert(pid) }
            }
            #expect(seen.count == 2)
            #expect(seen.allSatisfy { kill($0, 0) == 0 })
            #expect(try rig.poll()?.status == .notAnswering)
            // When one dies after all, the next may be tried.
            for pid in seen.prefix(1) { kill(pid, SIGKILL) }
            try rig.wait { () -> Bool? in
                _ = try rig.poll()
                return rig.client.pid != nil ? true : nil
            }
            if let pid = rig.client.pid { #expect(seen.insert(pid).inserted) }
        }

        @Test func askingAProbeThatHasEndedRaisesNoSignal() throws {
            var ends: [Int32] = [-1, -1]
            #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            close(ends[1])
            defer { close(ends[0]) }
            // Blocked, the signal of a broken pipe would wait for this thread.
            var pipes = sigset_t()
            sigemptyset(&pipes)
            sigaddset(&pipes, SIGPIPE)
            var before = sigset_t()
            pthread_sigmask(SIG_BLOCK, &pipes, &before)
            var process = probe_process(pid: 0, requests: ends[0], lines: -1)
            probe_process_request(&process)
            var waiting = sigset_t()
            sigpending(&waiting)
            let isWaiting = sigismember(&waiting, SIGPIPE)
            var taken: Int32 = 0
            if isWaiting == 1 { sigwait(&pipes, &taken) }
            pthread_sigmask(SIG_SETMASK, &before, nil)
            #expect(isWaiting == 0)
        }

        @Test func theProbeEndsWithItsRecorder() throws {
            var rig: ProbeRig? = ProbeRig()
            _ = try rig?.answer()
            let pid = try #require(rig?.client.pid)
            #expect(kill(pid, 0) == 0)
            rig = nil
            let waiting = ProbeRig(library: .missing)
            try waiting.wait { kill(pid, 0) != 0 || isZombie(pid) ? true : nil }
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
        func aSignalToAllOfARecordersProcessesDoesNotEndTheProbeFirst(_ signal: Int32) throws {
            let rig = ProbeRig()
            _ = try rig.answer()
            let pid = try #require(rig.client.pid)
            kill(pid, signal)
            for _ in 0..<3 { #expect(try rig.answer().status == .ok) }
            #expect(rig.client.pid == pid)
        }

        @Test func theProbeEndsWhenNobodyAsksAnyMore() throws {
            let process = Process()
            process.executableURL = ProbeRig.folder.appending(path: "gpu-probe-child")
            process.arguments = [
                "--set", "FAULTLINE_NVML=" + ProbeRig.folder.appending(path: "libFakeNVML.so").path(),
            ]
            let input = Pipe()
            let output = Pipe()
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
            try input.fileHandleForWriting.close()
            let line = try #require(try output.fileHandleForReading.readToEnd())
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(try JSONDecoder().decode(GPUsSample.self, from: line).gpus.count == 2)
        }

        private func isZombie(_ pid: Int32) -> Bool {
            (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8))?.contains(") Z ") ?? true
        }
    }
#endif
