import CrashModel
import Foundation

/// What the files of Linux's `/proc` say. Parsing only, so that it is tested on every platform.
enum ProcText {
    /// `/proc/meminfo`: `MemTotal:       24684092 kB`.
    static func memory(_ meminfo: String) -> MemorySample? {
        let bytes = kilobyteFields(meminfo)
        guard bytes["MemTotal"] != nil || bytes["MemAvailable"] != nil || bytes["MemFree"] != nil else { return nil }
        return MemorySample(
            total: bytes["MemTotal"], available: bytes["MemAvailable"], free: bytes["MemFree"],
            swapTotal: bytes["SwapTotal"], swapFree: bytes["SwapFree"], shared: bytes["Shmem"])
    }

    /// `/proc/pressure/*`: the `avg10` of `some avg10=0.31 avg60=0.10 avg300=0.02 total=181231`, in percent.
    static func somePressure(_ text: String) -> Double? {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            guard words.first == "some", let field = words.first(where: { $0.hasPrefix("avg10=") }) else { continue }
            guard let value = Double(field.dropFirst("avg10=".count)), value.isFinite, value >= 0 else { return nil }
            return value
        }
        return nil
    }

    /// `/proc/PID/status`: resident and swapped bytes. Nil for kernel threads, which have no `VmRSS`.
    static func process(pid: Int, name: String?, status: String) -> ProcessSample? {
        let bytes = kilobyteFields(status)
        guard let resident = bytes["VmRSS"] else { return nil }
        let stated = status.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Name:") }
            .map { $0.dropFirst("Name:".count).trimmingCharacters(in: .whitespaces) }
        return ProcessSample(pid: pid, name: name ?? stated ?? "?", resident: resident, swapped: bytes["VmSwap"])
    }

    /// `/proc/PID/statm`: the resident pages, its second field.
    static func residentPages(_ statm: String) -> Int? {
        let fields = statm.split(whereSeparator: \.isWhitespace)
        return fields.count > 1 ? Int(fields[1]) : nil
    }

    private static func kilobyteFields(_ text: String) -> [String: Int] {
        var fields: [String: Int] = [:]
        for line in text.split(whereSeparator: \.isNewline) where line.hasSuffix(" kB") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ":" })
            guard words.count == 3, let kilobytes = Int(words[1]), kilobytes >= 0 else { continue }
            let (bytes, overflow) = kilobytes.multipliedReportingOverflow(by: 1024)
            if !overflow { fields[String(words[0])] = bytes }
        }
        return fields
    }
}
