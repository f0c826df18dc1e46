import CrashModel
import Foundation
import TestSupport
import Testing

@testable import Recording

/// What `JSONDecoder` alone makes of a line.
private func reference(_ text: [UInt8]) -> MachineSample? {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom { decoder in
        let container = try decoder.singleValueContainer()
        guard let date = RecordedInstant.parse(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no time")
        }
        return date
    }
    return try? decoder.decode(MachineSample.self, from: Data(text))
}

/// A sample in which every field has a value, so that none can be forgotten.
private func full(_ random: inout Seeded) -> MachineSample {
    func int() -> Int { Int.random(in: 0...(1 << Int.random(in: 1...56, using: &random)), using: &random) }
    func real() -> Double { Double(Int.random(in: -1_000_000...1_000_000, using: &random)) / 100 }
    // JSON writes the last one with \u, which the quick decoder leaves to the other.
    let plain = ["python3", "a b", "Ünïcødé 模型", "quote\" \\ / \t\n", "", "💥", String(repeating: "x", count: 300)]
    let names = Bool.random(using: &random) ? plain : plain + ["\u{1b}[31m"]
    func name() -> String { names.randomElement(using: &random) ?? "" }
    var memory = MemorySample(
        total: int(), available: int(), free: int(), swapTotal: int(), swapFree: int(), shared: int(), limit: int(),
        usage: int())
    (memory.cached, memory.anonymous, memory.dirty, memory.writeback) = (int(), int(), int(), int())
    (memory.slab, memory.zswap, memory.hugeTotal, memory.hugeFree) = (int(), int(), int(), int())
    var gpu = GPUSample(index: int())
    (gpu.name, gpu.uuid, gpu.bus, gpu.problem) = (name(), name(), name(), name())
    (gpu.memoryTotal, gpu.memoryUsed, gpu.eccCorrected, gpu.eccUncorrected) = (int(), int(), int(), int())
    (gpu.utilization, gpu.temperature, gpu.power, gpu.powerLimit) = (real(), real(), real(), real())
    (gpu.smClock, gpu.memoryClock, gpu.remappedRows, gpu.pcieReplays) = (real(), real(), int(), int())
    (gpu.remapPending, gpu.remapFailed, gpu.mig) = (true, false, true)
    (gpu.throttle, gpu.xids) = ([name(), name()], [int(), int()])
    gpu.instances = [GPUInstanceSample(uuid: name(), memoryTotal: int(), memoryUsed: int())]
    gpu.processes = [GPUProcessSample(pid: int(), memory: int(), gone: true)]
    return MachineSample(
        time: Date(timeIntervalSince1970: Double(Int.random(in: 0...2_000_000_000_000, using: &random)) / 1000),
        uptime: real(), interval: real(), memory: memory,
        pressure: ["memory": PressureSample(some: real(), full: real()), name(): PressureSample(some: real())],
        paging: PagingSample(oomKills: int(), majorFaults: int(), swapIn: int(), swapOut: int()),
        cpu: CPUSample(user: real(), system: real(), iowait: real(), idle: real(), steal: real(), load: real()),
        cgroups: [
            CgroupSample(
                path: name(), current: int(), max: int(), high: int(), swap: int(), ooms: int(), oomKills: int(),
                pids: int(), pidsMax: int(), throttled: real())
        ],
        filesystems: [
            FilesystemSample(
                path: name(), total: int(), available: int(), inodes: int(), freeInodes: int(), silent: real())
        ],
        disks: [DiskSample(name: name(), read: real(), write: real(), busy: real())],
        networks: [NetworkSample(name: name(), received: real(), sent: real(), errors: int(), dropped: int())],
        processes: ProcessesSample(
            count: int(), zombies: int(),
            top: (0..<3).map { _ in
                ProcessSample(
                    pid: int(), name: name(), resident: int(), swapped: int(), victim: true, started: real(),
                    parent: int(), state: name(), threads: int(), growth: real(), gpuMemory: int())
            }, orphans: [OrphanSample(pid: int(), name: name(), resident: int(), formerParent: int())]),
        gpu: GPUsSample(
            status: .notAnswering, driver: name(), problem: name(), silent: real(), gpus: [gpu, GPUSample(index: 1)]))
}

@Suite struct RecordingDecoderTests {
    @Test("The quick decoder reads every field as JSONDecoder does")
    func everyField() throws {
        var random = Seeded(11)
        var quick = 0
        for _ in 0..<(200 * caseFactor) {
            let sample = full(&random)
            let text = Array(try FakeRecorder.encoder.encode(sample))
            let expected = try #require(reference(text))
            let found = text.withUnsafeBytes { RecordingDecoder().fast($0) }
            if let found {
                #expect(found == expected)
                quick += 1
            }
            guard case .line(.sample(let decoded)) = text.withUnsafeBytes({ RecordingDecoder().decode($0) }) else {
                Issue.record("not decoded: \(String(decoding: text, as: UTF8.self))")
                continue
            }
            #expect(decoded == expected && decoded.time == sample.time)
        }
        #expect(quick > 20 * caseFactor)
    }

    @Test("What the quick decoder takes from a damaged line, JSONDecoder takes too, and alike")
    func damaged() throws {
        var random = Seeded(5)
        let junk: [UInt8] = Array("{}[]\":,\\0123456789.-+eEtfnul \n".utf8) + [0, 0x1f, 0x7f, 0x80, 0xc3, 0xff]
        var taken = 0
        for _ in 0..<(1500 * caseFactor) {
            var text = Array(try FakeRecorder.encoder.encode(full(&random)))
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text[place] = junk.randomElement(using: &random) ?? 0
                case 1: text.remove(at: place)
                default: text.insert(junk.randomElement(using: &random) ?? 0, at: place)
                }
            }
            guard let found = text.withUnsafeBytes({ RecordingDecoder().fast($0) }) else { continue }
            taken += 1
            guard let expected = reference(text) else { continue }
            #expect(found == expected, "\(String(decoding: text, as: UTF8.self))")
        }
        #expect(taken > 10)
    }

    @Test(
        "Texts that are no sample are refused",
        arguments: [
            "", "{", "}", "[]", "{}", "{\"t\":1}", "{\"t\":\"2026-11-21T18:40:51.002Z\"}", "{\"t\":\"x\",\"up\":1}",
            "{\"t\":\"2026-11-21T18:40:51.002Z\",\"up\":1}x",
            "{\"t\":\"2026-11-21T18:40:51.002Z\",\"up\":-}", "{\"t\":\"2026-11-21T18:40:51.002Z\",\"up\":1e999}",
            "{\"t\":\"2026-11-21T18:40:51.002Z\",\"up\":1,\"x\":" + String(repeating: "[", count: 100_000),
            "{\"t\":\"2026-11-21T18:40:51.002Z\",\"up\":1,\"memory\":{\"total\":99999999999999999999}}",
        ])
    func refused(text: String) {
        let outcome = Array(text.utf8).withUnsafeBytes { RecordingDecoder().decode($0) }
        guard case .damaged = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test("An outline has the time and the uptime of a line that begins as the recorder writes it, and of no other")
    func outline() {
        let time = "{\"t\":\"2026-11-21T18:40:51.002Z\""
        for (text, uptime) in [
            (time + ",\"up\":11290.52,\"dt\":1.0}", 11290.52), (time + ",\"up\":7}", 7), (time + ",\"up\":}", nil),
            (time + ",\"up\":x}", nil), (time + ",\"dt\":1.0,\"up\":3}", nil), (time + ",\"up\":1", nil), (time, nil),
            ("{}", nil),
        ] as [(String, Double?)] {
            let sample = Array(text.utf8).withUnsafeBytes { RecordingDecoder.outline(of: $0) }
            #expect(sample?.uptime == uptime, "\(text)")
        }
    }

    @Test("Times are read as Foundation reads them")
    func times() {
        var random = Seeded(3)
        for _ in 0..<(2000 * caseFactor) {
            let milliseconds = Int.random(in: -11_000_000_000_000...200_000_000_000_000, using: &random)
            let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            let text = date.iso8601
            let bytes = Array(text.utf8)
            guard let found = bytes.withUnsafeBytes({ RecordedInstant.parse($0) }) else {
                Issue.record("\(text)")
                continue
            }
            #expect(abs(found.timeIntervalSince(date)) < 0.0006, "\(text)")
        }
        for text in [
            "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01 00:00:00Z", "20260101T000000.000000Z", "",
        ] {
            #expect(Array(text.utf8).withUnsafeBytes { RecordedInstant.parse($0) } == nil)
        }
    }
}
