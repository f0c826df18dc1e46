import CrashModel
import Foundation

@testable import Recorder

/// A machine made of files: a `/proc` and a `/sys` that tests write, and a probe that reads them.
final class Machine {
    let root: String
    private var uptime = 100.0
    private let line = JSONLine(capacity: 256 << 10)
    private var probe: MachineProbe?

    init() throws {
        // In memory where there is such a place: a disk takes seconds for thousands of small files.
        let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : FileManager.default.temporaryDirectory.path
        root = "\(folder)/faultline-machine-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root + "/proc", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func write(_ path: String, _ text: String) throws {
        // Not Foundation, which takes milliseconds for each of thousands.
        let path = root + "/" + path
        let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
        if mkdir(folder, 0o755) != 0, errno == ENOENT {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        guard let file = fopen(path, "w") else { throw POSIXError(.EIO) }
        fputs(text, file)
        fclose(file)
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: root + "/" + path) }

    /// `/proc/PID/stat`, as fs/proc/array.c writes it; sizes in pages of this machine.
    func process(
        _ pid: Int, _ name: String, parent: Int = 2000, pages: Int = 1000, state: String = "S", session: Int? = nil,
        start: Int = 5000
    ) throws {
        let session = session ?? parent
        let fields =
            "\(parent) \(session) \(session) 0 -1 4194560 1 0 2 0 10 20 0 0 20 0 7 0 \(start) 123456 \(pages) 1844 1 1 0 0"
        try write("proc/\(pid)/stat", "\(pid) (\(name)) \(state) \(fields)\n")
    }

    func bytes(pages: Int) -> Int { pages * Int(sysconf(Int32(_SC_PAGESIZE))) }

    /// The line that a sample makes, `seconds` after the one before.
    func line(
        after seconds: Double = 1, options: RecorderOptions = RecorderOptions(store: ""), gpu: String? = nil
    ) throws -> String {
        let probe = try probe ?? MachineProbe(root: root, options: options)
        self.probe = probe
        uptime += seconds
        let wall = timespec(tv_sec: 1_772_359_200 + Int(uptime), tv_nsec: 250_000_000)
        let moment = Moment(wall: wall, uptime: uptime)
        if var gpu {
            gpu.withUTF8 { probe.sample(into: line, at: moment, gpu: UnsafeRawBufferPointer($0)) }
        } else {
            probe.sample(into: line, at: moment, gpu: nil)
        }
        return String(decoding: line.bytes, as: UTF8.self)
    }

    func sample(
        after seconds: Double = 1, options: RecorderOptions = RecorderOptions(store: ""), gpu: String? = nil
    ) throws -> MachineSample {
        try Self.decode(line(after: seconds, options: options, gpu: gpu))
    }

    static func decode(_ line: String) throws -> MachineSample {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            return try Date(text, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
        }
        return try decoder.decode(MachineSample.self, from: Data(line.utf8))
    }
}
