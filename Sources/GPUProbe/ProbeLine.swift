public import CrashModel

/// Writes the JSON of a ``GPUsSample`` as one line of printable ASCII, no longer than it may be.
///
/// Keys are those of the model's `CodingKeys`. What would make the line too long is left out from the end of the lists
/// of processes, then of GPUs.
public struct ProbeLine: Sendable {
    /// With its newline.
    public static let limit = 64 * 1024

    /// Kept between lines, so that the memory is got once.
    public private(set) var bytes: [UInt8] = []
    private let limit: Int

    public init(limit: Int = ProbeLine.limit) {
        self.limit = limit
    }

    /// Replaces the line by that of a sample.
    public mutating func write(_ sample: GPUsSample) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(UInt8(ascii: "{"))
        member("status", string: sample.status.rawValue)
        member("driver", string: sample.driver)
        member("problem", string: sample.problem)
        member("silent", number: sample.silent)
        key("gpus")
        bytes.append(UInt8(ascii: "["))
        // Every GPU may use an equal share of what is left, so that the last one is not cut off by the first.
        for (place, gpu) in sample.gpus.enumerated() {
            let before = bytes.count
            let share = max(0, limit - 4 - bytes.count) / (sample.gpus.count - place)
            separate()
            write(gpu, until: bytes.count + share)
            if bytes.count > limit - 4 {
                bytes.removeSubrange(before...)
                break
            }
        }
        bytes.append(contentsOf: "]}\n".utf8)
    }

    private mutating func write(_ gpu: GPUSample, until end: Int) {
        bytes.append(UInt8(ascii: "{"))
        member("index", number: gpu.index)
        member("name", string: gpu.name)
        member("uuid", string: gpu.uuid)
        member("bus", string: gpu.bus)
        member("memory_total", number: gpu.memoryTotal)
        member("memory_used", number: gpu.memoryUsed)
        member("utilization", number: gpu.utilization)
        member("temperature", number: gpu.temperature)
        member("power", number: gpu.power)
        member("power_limit", number: gpu.powerLimit)
        member("sm_clock", number: gpu.smClock)
        member("memory_clock", number: gpu.memoryClock)
        list("throttle", gpu.throttle) { $0.string($1) }
        member("ecc_corrected", number: gpu.eccCorrected)
        member("ecc_uncorrected", number: gpu.eccUncorrected)
        member("remapped_rows", number: gpu.remappedRows)
        member("remap_pending", flag: gpu.remapPending)
        member("remap_failed", flag: gpu.remapFailed)
        member("pcie_replays", number: gpu.pcieReplays)
        list("xids", gpu.xids) { $0.number($1) }
        member("mig", flag: gpu.mig)
        member("problem", string: gpu.problem)
        list("instances", gpu.instances) { line, instance in
            line.bytes.append(UInt8(ascii: "{"))
            line.member("uuid", string: instance.uuid)
            line.member("memory_total", number: instance.memoryTotal)
            line.member("memory_used", number: instance.memoryUsed)
            line.bytes.append(UInt8(ascii: "}"))
        }
        // The longest entry there can be, and the end of the list.
        list("processes", gpu.processes, until: end - 80) { line, process in
            line.bytes.append(UInt8(ascii: "{"))
            line.member("pid", number: process.pid)
            line.member("memory", number: process.memory)
            line.member("gone", flag: process.gone)
            line.bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func list<Element>(
        _ name: StaticString, _ elements: [Element]?, until end: Int = .max,
        _ write: (inout ProbeLine, Element) -> Void
    ) {
        guard let elements else { return }
        key(name)
        bytes.append(UInt8(ascii: "["))
        for element in elements where bytes.count < end {
            separate()
            write(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func member(_ name: StaticString, string text: String?) {
        guard let text else { return }
        key(name)
        string(text)
    }

    private mutating func member(_ name: StaticString, number value: Int?) {
        guard let value else { return }
        key(name)
        number(value)
    }

    private mutating func member(_ name: StaticString, number value: Double?) {
        guard let value, value.isFinite else { return }
        key(name)
        number(value)
    }

    private mutating func member(_ name: StaticString, flag: Bool?) {
        guard let flag else { return }
        key(name)
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    private mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: "\":".utf8)
    }

    private mutating func separate() {
        if let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") {
            bytes.append(UInt8(ascii: ","))
        }
    }

    private mutating func number(_ value: Int) {
        bytes.append(contentsOf: String(value).utf8)
    }

    /// To a tenth; whole numbers without a point.
    private mutating func number(_ value: Double) {
        let tenths = (value * 10).rounded()
        guard let tenths = Int(exactly: tenths) else {
            // Too large for tenths to matter; Swift writes such numbers as JSON wants them.
            return bytes.append(contentsOf: value.description.utf8)
        }
        if tenths < 0 { bytes.append(UInt8(ascii: "-")) }
        let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
        bytes.append(contentsOf: String(whole).utf8)
        if rest != 0 {
            bytes.append(UInt8(ascii: "."))
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest))
        }
    }

    /// As the names of devices need it: control characters have no place in them and are replaced.
    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars.prefix(256) {
            switch scalar.value {
            case 0x22, 0x5c:
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case 0x20..<0x7f: bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case 0..<0x20, 0x7f..<0xa0: escape(0xfffd)
            default: for unit in scalar.utf16 { escape(unit) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ unit: UInt16) {
        bytes.append(contentsOf: "\\u".utf8)
        for shift in [12, 8, 4, 0] as [UInt16] {
            let digit = UInt8(truncatingIfNeeded: unit >> shift & 0xf)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
