/// Why clocks are below what they could be, as NVML's bits tell (`nvmlClocksEventReason…`, once
/// `nvmlClocksThrottleReason…`).
enum ThrottleReasons {
    /// In NVML's words. Without `gpu-idle`, which is no reason to worry.
    static func names(_ bits: UInt64) -> [String] {
        var names = known.filter { bits & $0.bit != 0 }.map(\.name)
        let unknown = bits & ~known.reduce(idle) { $0 | $1.bit }
        // A few, since a broken driver may set them all.
        names += (0..<64).filter { unknown >> UInt64($0) & 1 == 1 }.prefix(4).map { "bit-\($0)" }
        return names
    }

    private static let idle: UInt64 = 0x1
    private static let known: [(bit: UInt64, name: String)] = [
        (0x2, "applications-clocks-setting"),
        (0x4, "sw-power-cap"),
        (0x8, "hw-slowdown"),
        (0x10, "sync-boost"),
        (0x20, "sw-thermal-slowdown"),
        (0x40, "hw-thermal-slowdown"),
        (0x80, "hw-power-brake-slowdown"),
        (0x100, "display-clock-setting"),
        (0x200, "board-limit"),
        (0x400, "reliability"),
    ]
}
