import CrashModel
import Foundation

/// A `/proc`, or a copy of one.
struct ProcFolder {
    let path: String

    func memory() -> MemorySample? {
        text("meminfo").flatMap(ProcText.memory)
    }

    /// By resource; empty where the kernel has no PSI.
    func pressure() -> [String: Double] {
        var shares: [String: Double] = [:]
        for resource in ["memory", "cpu", "io"] {
            shares[resource] = text("pressure/\(resource)").flatMap(ProcText.somePressure)
        }
        return shares
    }

    /// The largest processes, largest first, and how many there are. A process may end while it is looked at.
    func processes(top: Int) -> (largest: [ProcessSample], count: Int) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let pids = names.compactMap { name in name.allSatisfy(\.isASCII) ? Int(name) : nil }.filter { $0 > 0 }
        // statm costs the kernel far less than status, so it picks the few that are worth a closer look.
        let sizes = pids.map { pid in
            (pid: pid, pages: text("\(pid)/statm").flatMap(ProcText.residentPages) ?? .max)
        }
        let largest = sizes.filter { $0.pages > 0 }.sorted { ($1.pages, $0.pid) < ($0.pages, $1.pid) }
        var samples: [ProcessSample] = []
        for (pid, pages) in largest {
            // Those without a statm come first and are all looked at.
            if samples.count >= top, pages != .max { break }
            guard let status = text("\(pid)/status") else { continue }
            let name = text("\(pid)/comm").map { $0.trimmingCharacters(in: .newlines) }
            if let sample = ProcText.process(pid: pid, name: name, status: status) { samples.append(sample) }
        }
        samples.sort { ($1.resident, $0.pid) < ($0.resident, $1.pid) }
        return (Array(samples.prefix(max(0, top))), pids.count)
    }

    /// A small file of /proc, whose size is not known before reading; invalid UTF-8 is repaired.
    private func text(_ name: String) -> String? {
        let descriptor = open(path + "/" + name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        let most = 1 << 20
        while bytes.count < most {
            let got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { return nil }
            if got == 0 { break }
            bytes += buffer[..<got]
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
