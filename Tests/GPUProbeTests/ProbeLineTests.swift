import CrashModel
import Foundation
import Testing

@testable import GPUProbe

struct ProbeLineTests {
    private func text(_ sample: GPUsSample, limit: Int = ProbeLine.limit) -> String {
        var line = ProbeLine(limit: limit)
        line.write(sample)
        #expect(line.bytes.count <= limit)
        #expect(line.bytes.last == 0x0a)
        #expect(line.bytes.dropLast().allSatisfy { $0 >= 0x20 && $0 < 0x7f })
        return String(decoding: line.bytes, as: UTF8.self)
    }

    private func decoded(_ text: String) throws -> GPUsSample {
        try JSONDecoder().decode(GPUsSample.self, from: Data(text.utf8))
    }

    @Test func aSampleWithEverythingIsReadBackAsItWas() throws {
        var gpu = GPUSample(index: 3)
        gpu.name = "a \"name\" \\ with é and 🚀"
        gpu.uuid = "GPU-1"
        gpu.bus = "0000:3b:00.0"
        gpu.memoryTotal = .max
        gpu.memoryUsed = 0
        gpu.utilization = 99.9
        gpu.temperature = -3.5
        gpu.power = 512.4
        gpu.powerLimit = 700
        gpu.smClock = 1755
        gpu.memoryClock = 2619
        gpu.throttle = []
        gpu.eccCorrected = 1
        gpu.eccUncorrected = 2
        gpu.remappedRows = 3
        gpu.remapPending = true
        gpu.remapFailed = false
        gpu.pcieReplays = 4
        gpu.xids = [79, 48]
        gpu.mig = true
        gpu.instances = [GPUInstanceSample(uuid: "MIG-1", memoryTotal: 2, memoryUsed: 1), GPUInstanceSample()]
        gpu.processes = [GPUProcessSample(pid: 1, memory: 5, gone: true), GPUProcessSample(pid: 2)]
        gpu.problem = "GPU is lost"
        let sample = GPUsSample(
            status: .notAnswering, driver: "nvidia 1", problem: "no", silent: 12.5, gpus: [gpu, GPUSample(index: 4)])
        let line = text(sample)
        #expect(try decoded(line) == sample)
        #expect(
            line.hasPrefix("{\"status\":\"not-answering\",\"driver\":\"nvidia 1\",\"problem\":\"no\",\"silent\":12.5,"))
    }

    @Test func theModelsOwnJSONIsReadTheSame() throws {
        var gpu = GPUSample(index: 0)
        gpu.memoryUsed = 5
        gpu.power = 1.5
        gpu.throttle = ["sw-power-cap"]
        let sample = GPUsSample(status: .ok, gpus: [gpu])
        let models = String(decoding: try JSONEncoder().encode(sample), as: UTF8.self)
        let ours = try decoded(text(sample))
        #expect(try decoded(models) == ours)
    }

    @Test(arguments: [
        (0.04, "0"), (-0.04, "0"), (0.05, "0.1"), (12.0, "12"), (12.25, "12.3"), (-1.5, "-1.5"), (1e18, "1e+18"),
    ])
    func numbersAreWrittenToATenth(_ value: Double, _ wanted: String) {
        let line = text(GPUsSample(status: .ok, silent: value))
        #expect(line.contains("\"silent\":\(wanted),"))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func whatIsNoNumberIsLeftOut(_ value: Double) throws {
        #expect(try decoded(text(GPUsSample(status: .ok, silent: value))).silent == nil)
    }

    @Test func controlCharactersDoNotReachTheRecording() throws {
        let line = text(GPUsSample(status: .failing, problem: "a\u{0}\n\u{1b}[31m\u{7f}\u{9b}b"))
        #expect(try decoded(line).problem == "a\u{fffd}\u{fffd}\u{fffd}[31m\u{fffd}\u{fffd}b")
    }

    @Test(arguments: [300, 1000, 5000, 65536])
    func aLineIsNeverLongerThanItMayBe(_ limit: Int) throws {
        var gpu = GPUSample(index: .max)
        gpu.name = String(repeating: "🚀", count: 300)
        gpu.processes = (0..<5000).map { GPUProcessSample(pid: $0, memory: .max, gone: true) }
        let sample = try decoded(text(GPUsSample(status: .ok, gpus: Array(repeating: gpu, count: 20)), limit: limit))
        #expect(sample.gpus.count <= 20)
        if limit == 65536 {
            #expect(sample.gpus.count == 20)
            #expect(sample.gpus.allSatisfy { $0.name?.count == 256 })
        }
    }

    @Test func aRecorderFindsTheMemoryOfProcessesInALine() {
        var gpu = GPUSample(index: 0)
        gpu.name = "{\"pid\":1,\"memory\":2}"
        gpu.processes = [
            GPUProcessSample(pid: 10, memory: 100), GPUProcessSample(pid: 11),
            GPUProcessSample(pid: 12, memory: 300, gone: true),
        ]
        var line = ProbeLine()
        line.write(GPUsSample(status: .ok, gpus: [gpu, gpu]))
        var found: [[Int]] = []
        line.bytes.withUnsafeBytes { GPULine.forEachProcess(in: $0) { found.append([$0, $1]) } }
        #expect(found == [[10, 100], [12, 300], [10, 100], [12, 300]])
        for text in [
            "", "{\"pid\":", "{\"pid\":5", "{\"pid\":5,\"memory\":", "{\"pid\":99999999999999999999,\"memory\":1}",
        ] {
            Array(text.utf8).withUnsafeBytes { GPULine.forEachProcess(in: $0) { found.append([$0, $1]) } }
        }
        #expect(found.count == 4)
    }

    @Test(
        arguments: [
            (0, []), (0x1, []), (0x4 | 0x1, ["sw-power-cap"]), (0x800, ["bit-11"]),
            (0x68, ["hw-slowdown", "sw-thermal-slowdown", "hw-thermal-slowdown"]),
        ] as [(UInt64, [String])])
    func throttleReasonsHaveTheirNames(_ bits: UInt64, _ names: [String]) {
        #expect(ThrottleReasons.names(bits) == names)
    }

    @Test func aPlaceGoesThroughOneNumber() {
        for place in [ProbePlace(.initialize), ProbePlace(.power, gpu: 0), ProbePlace(.amdFiles, gpu: 63)] {
            #expect(ProbePlace(code: place.code) == place)
        }
        #expect(ProbePlace(code: 0) == nil)
        #expect(ProbePlace(code: 255) == nil)
    }
}

#if os(Linux)
    struct ProcessLivenessTests {
        @Test(arguments: [("pid:[4026531836]", true), ("pid:[4026532201]", false)])
        func onlyTheMachinesOwnPidsAreCompared(_ target: String, _ canTell: Bool) throws {
            let root = try FakeRoot(links: ["pid": target])
            var liveness = ProcessLiveness(namespaceLink: root.url.appending(path: "pid").path())
            #expect(liveness.canTell == canTell)
            for isSecond in [false, true] {
                liveness.begin(now: 0)
                let gone = [0x7fff_fff0, UInt32(getpid()), 1, .max].map { liveness.isGone($0) }
                #expect(gone == [canTell && isSecond, false, false, false])
            }
        }

        @Test func withoutAnswerAboutTheNamespaceNothingIsSaid() {
            #expect(!ProcessLiveness(namespaceLink: "/nonexistent").canTell)
        }
    }
#endif
