#if os(Linux)
    import CrashModel
    import Foundation
    import Testing

    @testable import GPUProbe

    struct NVMLTests {
        @Test func everyNumberOfAHealthyGPUIsRead() throws {
            let rig = ProbeRig()
            let sample = try rig.answer()
            #expect(sample.status == .ok)
            #expect(sample.driver == "nvidia 550.54.15")
            #expect(sample.problem == nil)
            #expect(sample.gpus.count == 2)
            var wanted = GPUSample(index: 1)
            wanted.name = "NVIDIA H100 80GB HBM3"
            wanted.uuid = "GPU-00000001"
            wanted.bus = "0000:3c:00.0"
            wanted.memoryTotal = 80 << 30
            wanted.memoryUsed = 20 << 30
            wanted.utilization = 97
            wanted.temperature = 62
            wanted.power = 512.4
            wanted.powerLimit = 700
            wanted.smClock = 1755
            wanted.memoryClock = 2619
            wanted.throttle = ["sw-power-cap", "hw-thermal-slowdown"]
            wanted.eccCorrected = 12
            wanted.eccUncorrected = 1
            wanted.remappedRows = 3
            wanted.remapPending = true
            wanted.remapFailed = false
            wanted.pcieReplays = 5
            wanted.mig = false
            wanted.processes = sample.gpus[1].processes
            #expect(sample.gpus[1] == wanted)
            // Its own, one that no machine has, and one whose memory the driver does not tell.
            let own = try #require(rig.client.pid)
            #expect(wanted.processes?.first { $0.pid == Int(own) } == GPUProcessSample(pid: Int(own), memory: 1 << 30))
            #expect(wanted.processes?.map(\.memory) == [2 << 30, 1 << 30, nil])
        }

        @Test func whatSeldomChangesIsOnlyToldSeldom() throws {
            let rig = ProbeRig()
            _ = try rig.answer()
            let second = try rig.answer()
            #expect(second.gpus.allSatisfy { $0.name == nil && $0.eccCorrected == nil && $0.mig == nil })
            #expect(second.gpus.allSatisfy { $0.memoryUsed == 20 << 30 && $0.powerLimit == 700 })
            let eager = ProbeRig(details: 0)
            _ = try eager.answer()
            #expect(try eager.answer().gpus.first?.eccCorrected == 12)
        }

        @Test(arguments: ["entries-of-16", "entries-of-24", "entries-of-32"])
        func processesAreReadWhateverSizeTheDriverGivesTheirEntries(_ behaviour: String) throws {
            let rig = ProbeRig(behaviour)
            let processes = try #require(try rig.answer().gpus.first?.processes)
            let own = try #require(rig.client.pid)
            #expect(processes.map(\.memory) == [2 << 30, 1 << 30, nil])
            #expect(processes.map(\.pid) == [0x7fff_fff0, Int(own), Int(own) + 0x1000_0002])
        }

        @Test(.enabled(if: ProcessLiveness().canTell, "in a container the driver's pids are not those that are seen"))
        func processesThatEndedButHoldMemoryAreGoneFromTheSecondLookOn() throws {
            let rig = ProbeRig()
            #expect(try rig.answer().gpus[0].processes?.allSatisfy { $0.gone == nil } == true)
            #expect(try rig.answer().gpus[0].processes?.map(\.gone) == [true, nil, true])
        }

        @Test func anOldDriverTellsWhatItKnows() throws {
            let rig = ProbeRig(library: .old)
            let sample = try rig.answer()
            #expect(sample.status == .ok)
            #expect(sample.driver == "nvidia")
            var wanted = GPUSample(index: 0)
            wanted.name = "Tesla K20"
            wanted.bus = "0000:81:00.0"
            wanted.memoryTotal = 5 << 30
            wanted.memoryUsed = 1 << 30
            wanted.processes = [
                GPUProcessSample(pid: Int(getpid()), memory: 2 << 20),
                GPUProcessSample(pid: Int(try #require(rig.client.pid)), memory: 1 << 20),
            ]
            #expect(sample.gpus == [wanted])
        }

        @Test func whatIsNotSupportedIsLeftOutAndNoProblem() throws {
            let sample = try ProbeRig("unsupported").answer()
            #expect(sample.status == .ok)
            #expect(sample.gpus.count == 2)
            for gpu in sample.gpus {
                #expect(gpu.problem == nil)
                #expect(gpu.memoryTotal == 80 << 30)
                #expect(gpu.temperature == nil && gpu.throttle == nil && gpu.processes == nil && gpu.powerLimit == nil)
            }
        }

        @Test func anUnknownErrorIsNamedAndTheRestIsStillRead() throws {
            let sample = try ProbeRig("unknown").answer()
            #expect(sample.status == .ok)
            #expect(sample.gpus[0].problem == nil)
            #expect(sample.gpus[1].problem == "Unknown Error (nvmlDeviceGetPowerUsage)")
            #expect(sample.gpus[1].power == nil)
            #expect(sample.gpus[1].smClock == 1755)
        }

        @Test func aLostGPUStaysInTheList() throws {
            let rig = ProbeRig("lost")
            #expect(try rig.answer().gpus[1].problem == nil)
            for _ in 0..<3 {
                let sample = try rig.answer()
                #expect(sample.status == .ok)
                #expect(sample.gpus.count == 2)
                #expect(sample.gpus[0].utilization == 97)
                #expect(sample.gpus[1].problem == "GPU is lost")
                #expect(sample.gpus[1].bus == "0000:3c:00.0")
                #expect(sample.gpus[1].memoryUsed == nil)
            }
        }

        @Test func aDriverThatHasLostAllItsGPUsFails() throws {
            let rig = ProbeRig("all-lost")
            _ = try rig.answer()
            let sample = try rig.answer()
            #expect(sample.status == .failing)
            #expect(sample.problem == "GPU is lost")
            #expect(sample.gpus.map(\.problem) == ["GPU is lost", "GPU is lost"])
        }

        @Test func aPartedGPUTellsItsPartsAndTheirProcesses() throws {
            let rig = ProbeRig("mig")
            for isFirst in [true, false] {
                let gpus = try rig.answer().gpus
                #expect(gpus[0].mig == (isFirst ? true : nil))
                #expect(gpus[0].instances?.map(\.uuid) == ["MIG-00000000", "MIG-00000001"])
                #expect(gpus[0].instances?.map(\.memoryUsed) == [1 << 30, 1 << 30])
                // Its memory in both parts.
                let own = try #require(rig.client.pid)
                #expect(gpus[0].processes?.first { $0.pid == Int(own) }?.memory == 2 << 30)
                #expect(gpus[1].instances == nil)
                #expect(gpus[1].processes == nil)
            }
        }

        @Test func xidsComeOnceAndWithTheTracesTheyLeave() throws {
            let rig = ProbeRig("xid")
            var xids: [[Int]?] = []
            var traces: [Int?] = []
            for _ in 0..<5 {
                let gpus = try rig.answer().gpus
                #expect(gpus[0].xids == nil)
                xids.append(gpus[1].xids)
                traces.append(gpus[1].remappedRows)
            }
            #expect(xids == [nil, nil, [79, 45], nil, nil])
            #expect(traces == [3, nil, 3, nil, nil])
        }

        @Test func endlessEventsDoNotHoldTheProbe() throws {
            let rig = ProbeRig("xid-flood")
            let xids = try #require(try rig.answer().gpus[1].xids)
            #expect(xids.count == 32)
            #expect(xids.first == 79)
        }

        @Test func absurdNumbersAreLeftOut() throws {
            let rig = ProbeRig("absurd")
            let (text, sample) = try {
                rig.now += 1; return try rig.waitForLine()
            }()
            #expect(sample.status == .ok)
            #expect(sample.gpus.count == NVMLProbe.mostDevices)
            let gpu = sample.gpus[0]
            #expect(gpu.memoryTotal == nil && gpu.memoryUsed == nil && gpu.utilization == nil)
            #expect(gpu.temperature == nil && gpu.power == nil && gpu.powerLimit == nil && gpu.smClock == nil)
            #expect(gpu.eccCorrected == nil && gpu.processes == nil)
            #expect(gpu.remappedRows == 2 * Int(UInt32.max))
            #expect(gpu.name?.hasPrefix("A \"GPU\" \\ \u{fffd}\u{fffd}[31m") == true)
            #expect(gpu.throttle?.suffix(5) == ["reliability", "bit-11", "bit-12", "bit-13", "bit-14"])
            #expect(sample.gpus[2].problem == "Invalid Argument")
            #expect(!text.contains("\u{1b}"))
        }

        @Test func aCountOfProcessesThatWereNotWrittenGivesNone() throws {
            #expect(try ProbeRig("miscounts").answer().gpus[0].processes == [])
        }

        @Test func thousandsOfProcessesAreCutAndEveryGPUKeepsItsShare() throws {
            let gpus = try ProbeRig("many").answer().gpus
            #expect(gpus.count == 2)
            let counts = gpus.map { $0.processes?.count ?? 0 }
            #expect(counts.allSatisfy { $0 > 500 && $0 < 3000 })
            // The largest stay.
            #expect(gpus[1].processes?.first?.memory == 3000 << 30)
        }

        @Test(arguments: [
            ("not-loaded", "Driver Not Loaded"), ("mismatch", "Driver/library version mismatch"),
        ])
        func aGPUWithoutAWorkingDriverIsSaidSo(_ behaviour: String, _ problem: String) throws {
            let root = try FakeRoot.withNVIDIADevice()
            let rig = ProbeRig(behaviour, root: root.path)
            for _ in 0..<2 {
                let sample = try rig.answer()
                #expect(sample.status == .failing)
                #expect(sample.problem == problem)
                #expect(sample.gpus.isEmpty)
            }
        }

        @Test func anUnloadedDriverIsOpenedAnew() throws {
            let rig = ProbeRig("unloaded")
            #expect(try rig.answer().status == .ok)
            let sample = try rig.answer()
            #expect(sample.status == .failing)
            #expect(sample.problem == "Uninitialized")
            #expect(sample.gpus.map(\.bus) == ["0000:3b:00.0", "0000:3c:00.0"])
            // After a second of the probe's own clock.
            let later = try rig.wait { () -> GPUsSample? in
                let sample = try rig.answer()
                return sample.status == .ok ? sample : nil
            }
            #expect(later.gpus.map(\.utilization) == [97, 97])
        }

        @Test func aGPUThatIsNoLongerListedIsMissed() throws {
            let rig = ProbeRig("unloaded,shrinks")
            _ = try rig.answer()
            let later = try rig.wait { () -> GPUsSample? in
                let sample = try rig.answer()
                return sample.status == .ok ? sample : nil
            }
            #expect(later.gpus.map(\.bus) == ["0000:3b:00.0", "0000:3c:00.0"])
            #expect(later.gpus.map(\.problem) == [nil, "the driver no longer lists it"])
        }

        @Test func whatALibraryPrintsIsNoLine() throws {
            let rig = ProbeRig("print")
            for _ in 0..<2 { #expect(try rig.answer().driver == "nvidia 550.54.15") }
        }
    }
#endif
