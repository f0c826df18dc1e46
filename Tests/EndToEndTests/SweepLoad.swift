import Foundation
import Synchronization

/// Writes logs in pieces, plants crashes in them, rotates them in both ways and packs the old ones, until it is told to
/// stop.
final class SweepLoad: Sendable {
    private let folder: String
    private let seed: UInt64
    private let isStopping = Atomic(false)
    private let planted = Mutex<[String]>([])
    private let ended = DispatchSemaphore(value: 0)

    init(folder: String, seed: UInt64) {
        self.folder = folder
        self.seed = seed
    }

    func start() {
        Thread.detachNewThread { [self] in
            var course = Course(folder: folder, state: seed)
            while !isStopping.load(ordering: .relaxed) {
                if let crash = course.step() { planted.withLock { $0.append(crash) } }
            }
            ended.signal()
        }
    }

    /// What tells the planted crashes apart: the size that each asked for.
    func stop() -> [String] {
        isStopping.store(true, ordering: .relaxed)
        ended.wait()
        return planted.withLock { $0 }
    }

    static func crash(hour: Int, _ gibibytes: String) -> String {
        """
        \(time(hour * 3600)) ERROR trainer: failed
        Traceback (most recent call last):
          File "/w/train.py", line 21, in <module>
            main()
          File "/w/train.py", line 12, in step
            loss.backward()
        torch.OutOfMemoryError: CUDA out of memory. Tried to allocate \(gibibytes) GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.01 GiB is free.

        """
    }

    fileprivate static func time(_ seconds: Int) -> String {
        Date(timeIntervalSince1970: 1_772_323_200 + Double(seconds)).formatted(.iso8601)
    }

    private struct Course {
        let folder: String
        var state: UInt64
        var clocks = [0, 0, 0]
        /// Steps since the last crash. An error that is followed by 80 lines without another is taken to be survived.
        var quiet = [0, 0, 0]
        var crashes = 0

        mutating func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }

        mutating func step() -> String? {
            let number = random(clocks.count)
            let log = folder + "/train\(number).log"
            clocks[number] += 1 + random(60)
            let line = "\(SweepLoad.time(clocks[number])) INFO trainer: shard \(random(100_000)) is loaded\n"
            append(String(repeating: line, count: 1 + random(3)), to: log)
            var crash: String?
            quiet[number] += 1
            if random(16) == 0 || quiet[number] > 14 {
                quiet[number] = 0
                crashes += 1
                clocks[number] += 5 * 3600
                let size = "\(crashes / 90 + 1).\(crashes % 90 + 10)"
                append(SweepLoad.crash(hour: clocks[number] / 3600, size), to: log)
                clocks[number] += 5 * 3600
                crash = size
            }
            switch random(50) {
            case 0: shift(log, byCopy: false)
            case 1: shift(log, byCopy: true)
            case 2: pack(log)
            default: break
            }
            usleep(UInt32(random(8000)))
            return crash
        }

        /// In two pieces, to be read in between.
        private mutating func append(_ text: String, to path: String) {
            let bytes = Array(text.utf8)
            let cut = random(bytes.count)
            let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
            _ = write(descriptor, Array(bytes[..<cut]), cut)
            if random(2) == 0 { usleep(UInt32(random(8000))) }
            _ = write(descriptor, Array(bytes[cut...]), bytes.count - cut)
            close(descriptor)
        }

        private mutating func shift(_ log: String, byCopy: Bool) {
            for age in stride(from: 200, to: 0, by: -1) {
                for ending in ["", ".gz"] { _ = rename("\(log).\(age)\(ending)", "\(log).\(age + 1)\(ending)") }
            }
            guard byCopy else {
                _ = rename(log, log + ".1")
                return
            }
            try? FileManager.default.copyItem(atPath: log, toPath: log + ".1")
            usleep(UInt32(random(15_000)))
            _ = truncate(log, 0)
        }

        private func pack(_ log: String) {
            guard let oldest = (1...200).last(where: { access("\(log).\($0)", F_OK) == 0 }) else { return }
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["gzip", "-q", "\(log).\(oldest)"]
            try? process.run()
            process.waitUntilExit()
        }
    }
}
