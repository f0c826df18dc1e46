/// A call of which the probe says that it begins, because it may not come back.
enum ProbeCall: UInt32 {
    case open = 1
    case initialize, shutdown, driverVersion, count, handle
    case name, uuid, pci, memory, utilization, temperature, power, powerLimit, clock, throttleReasons
    case ecc, remappedRows, pcieReplays
    case eventSet, eventRegister, eventWait
    case computeProcesses, graphicsProcesses
    case migMode, migCount, migHandle
    case amdFiles

    /// As a sentence begins: `nvmlDeviceGetPowerUsage`.
    var name: StaticString {
        switch self {
        case .open: "dlopen of libnvidia-ml"
        case .initialize: "nvmlInit"
        case .shutdown: "nvmlShutdown"
        case .driverVersion: "nvmlSystemGetDriverVersion"
        case .count: "nvmlDeviceGetCount"
        case .handle: "nvmlDeviceGetHandleByIndex"
        case .name: "nvmlDeviceGetName"
        case .uuid: "nvmlDeviceGetUUID"
        case .pci: "nvmlDeviceGetPciInfo"
        case .memory: "nvmlDeviceGetMemoryInfo"
        case .utilization: "nvmlDeviceGetUtilizationRates"
        case .temperature: "nvmlDeviceGetTemperature"
        case .power: "nvmlDeviceGetPowerUsage"
        case .powerLimit: "nvmlDeviceGetEnforcedPowerLimit"
        case .clock: "nvmlDeviceGetClockInfo"
        case .throttleReasons: "nvmlDeviceGetCurrentClocksEventReasons"
        case .ecc: "nvmlDeviceGetTotalEccErrors"
        case .remappedRows: "nvmlDeviceGetRemappedRows"
        case .pcieReplays: "nvmlDeviceGetPcieReplayCounter"
        case .eventSet: "nvmlEventSetCreate"
        case .eventRegister: "nvmlDeviceRegisterEvents"
        case .eventWait: "nvmlEventSetWait"
        case .computeProcesses: "nvmlDeviceGetComputeRunningProcesses"
        case .graphicsProcesses: "nvmlDeviceGetGraphicsRunningProcesses"
        case .migMode: "nvmlDeviceGetMigMode"
        case .migCount: "nvmlDeviceGetMaxMigDeviceCount"
        case .migHandle: "nvmlDeviceGetMigDeviceHandleByIndex"
        case .amdFiles: "reading amdgpu's files in /sys"
        }
    }
}

/// A call and the GPU that it is about, as one number that can be written at once.
struct ProbePlace: Equatable {
    var call: ProbeCall
    /// Nil for calls about the driver as a whole.
    var gpu: Int?

    init(_ call: ProbeCall, gpu: Int? = nil) {
        self.call = call
        self.gpu = gpu
    }

    /// Nil between calls, and for what no probe writes.
    init?(code: UInt32) {
        guard let call = ProbeCall(rawValue: code & 0xff) else { return nil }
        self.call = call
        gpu = code >> 8 == 0 ? nil : Int(code >> 8) - 1
    }

    var code: UInt32 {
        call.rawValue | (gpu.map { UInt32(truncatingIfNeeded: $0 + 1) << 8 } ?? 0)
    }
}
