#if os(Linux)
    import CrashModel
    import Foundation
    import Testing

    @testable import GPUProbe

    struct AMDGPUTests {
        private static let device = "sys/devices/pci0000:00/0000:03:00.0/"

        private func root(_ changes: [String: String?] = [:]) throws -> FakeRoot {
            var files: [String: String] = [
                "vendor": "0x1002\n", "product_name": "AMD Instinct MI210\n", "unique_id": "8e1a3c5d7f901122\n",
                "mem_info_vram_total": "68702699520\n", "mem_info_vram_used": "10870784\n", "gpu_busy_percent": "42\n",
                "pcie_replay_count": "3\n", "hwmon/hwmon4/temp1_input": "48000\n",
                "hwmon/hwmon4/temp2_input": "55500\n",
                "hwmon/hwmon4/power1_average": "91300000\n", "hwmon/hwmon4/power1_cap": "300000000\n",
                "hwmon/hwmon4/freq1_input": "1700000000\n", "hwmon/hwmon4/freq2_input": "1600000000\n",
                "ras/umc_err_count": "ue: 1\nce: 20\n",
            ]
            for (name, text) in changes { files[name] = text }
            return try FakeRoot(
                Dictionary(uniqueKeysWithValues: files.map { (Self.device + $0.key, $0.value) }),
                links: ["sys/class/drm/card1/device": "../../../devices/pci0000:00/0000:03:00.0"])
        }

        private func gpus(_ root: FakeRoot) -> AMDGPUs {
            AMDGPUs(root: root.path, progress: ProbeProgress())
        }

        @Test func everyFileOfACardIsRead() throws {
            let root = try root()
            let gpus = gpus(root)
            #expect(gpus.start(now: 0))
            var wanted = GPUSample(index: 2)
            wanted.memoryTotal = 68_702_699_520
            wanted.memoryUsed = 10_870_784
            wanted.utilization = 42
            wanted.temperature = 48
            wanted.power = 91.3
            wanted.powerLimit = 300
            wanted.smClock = 1700
            wanted.memoryClock = 1600
            // A second later, without what seldom changes.
            let first = gpus.look(now: 0, first: 2)
            #expect(gpus.look(now: 1, first: 2) == [wanted])
            wanted.name = "AMD Instinct MI210"
            wanted.uuid = "8e1a3c5d7f901122"
            wanted.bus = "0000:03:00.0"
            wanted.pcieReplays = 3
            wanted.eccCorrected = 20
            wanted.eccUncorrected = 1
            #expect(first == [wanted])
        }

        @Test func theJunctionStandsInForTheEdgeAndTheMomentForTheAverage() throws {
            let root = try root([
                "hwmon/hwmon4/temp1_input": nil, "hwmon/hwmon4/power1_average": nil,
                "hwmon/hwmon4/power1_input": "120000000",
            ])
            let sample = try #require(gpus(root).look(now: 0, first: 0).first)
            #expect(sample.temperature == 55.5)
            #expect(sample.power == 120)
        }

        @Test(arguments: ["", "nonsense", "-5", "99999999999999999999999", "\u{0}\u{1}"])
        func aBrokenFileIsLeftOut(_ text: String) throws {
            let root = try root(["mem_info_vram_used": text, "gpu_busy_percent": text, "ras/umc_err_count": text])
            let sample = try #require(gpus(root).look(now: 0, first: 0).first)
            #expect(sample.memoryUsed == nil && sample.utilization == nil && sample.eccCorrected == nil)
            #expect(sample.memoryTotal == 68_702_699_520)
        }

        @Test func aSleepingCardIsNotWoken() throws {
            let root = try root(["power/runtime_status": "suspended\n"])
            var wanted = GPUSample(index: 0)
            wanted.bus = "0000:03:00.0"
            #expect(gpus(root).look(now: 0, first: 0) == [wanted])
        }

        @Test func cardsOfOthersAndConnectorsAreNoCards() throws {
            let root = try FakeRoot([
                "sys/class/drm/card0/device/vendor": "0x8086\n", "sys/class/drm/card0-DP-1/device/vendor": "0x1002\n",
                "sys/class/drm/renderD128/device/vendor": "0x1002\n",
            ])
            #expect(!gpus(root).start(now: 0))
        }

        @Test func theProbeTellsOfThemWithAndWithoutNVIDIA() throws {
            let root = try root()
            let alone = try ProbeRig(library: .missing, root: root.path).answer()
            #expect(alone.driver == "amdgpu")
            #expect(alone.gpus.map(\.name) == ["AMD Instinct MI210"])
            let both = try ProbeRig(root: root.path).answer()
            #expect(both.driver == "nvidia 550.54.15, amdgpu")
            #expect(both.gpus.map(\.index) == [0, 1, 2])
            #expect(both.gpus.last?.name == "AMD Instinct MI210")
        }
    }
#endif
