import CGPUProbe

/// What a call into NVML returned, other than success.
struct NVMLError: Error, Equatable {
    var code: Int32

    init(_ code: Int32) {
        self.code = code
    }

    init(_ code: Int) {
        self.code = Int32(truncatingIfNeeded: code)
    }

    /// In the words of `nvidia-smi`.
    var text: String {
        switch Int(code) {
        case NVML_UNINITIALIZED: "Uninitialized"
        case NVML_INVALID_ARGUMENT: "Invalid Argument"
        case NVML_NOT_SUPPORTED: "Not Supported"
        case NVML_NO_PERMISSION: "Insufficient Permissions"
        case NVML_NOT_FOUND: "Not Found"
        case NVML_INSUFFICIENT_POWER: "Insufficient External Power"
        case NVML_DRIVER_NOT_LOADED: "Driver Not Loaded"
        case NVML_TIMEOUT: "Timeout"
        case NVML_IRQ_ISSUE: "Interrupt Request Issue"
        case NVML_LIBRARY_NOT_FOUND: "NVML Shared Library Not Found"
        case NVML_FUNCTION_NOT_FOUND: "Function Not Found"
        case NVML_CORRUPTED_INFOROM: "Corrupted infoROM"
        case NVML_GPU_IS_LOST: "GPU is lost"
        case NVML_RESET_REQUIRED: "GPU requires reset"
        case NVML_OPERATING_SYSTEM: "GPU access blocked by the operating system"
        case NVML_LIB_RM_VERSION_MISMATCH: "Driver/library version mismatch"
        case NVML_IN_USE: "In use by another client"
        case NVML_MEMORY: "Insufficient Memory"
        case NVML_NO_DATA: "No data"
        case NVML_NOT_READY: "Not Ready"
        case NVML_GPU_NOT_FOUND: "GPU not found"
        case NVML_UNKNOWN: "Unknown Error"
        default: "NVML error \(code)"
        }
    }

    /// The session with the driver is over: it was unloaded, replaced, or has lost its state.
    var endsSession: Bool {
        [NVML_UNINITIALIZED, NVML_DRIVER_NOT_LOADED, NVML_LIB_RM_VERSION_MISMATCH].contains(Int(code))
    }

    /// No further call about this GPU can be answered.
    var losesDevice: Bool { [NVML_GPU_IS_LOST, NVML_RESET_REQUIRED, NVML_GPU_NOT_FOUND].contains(Int(code)) }

    /// Says something about the GPU's state, and not only about what it can tell.
    var isFault: Bool {
        endsSession || losesDevice
            || [NVML_IRQ_ISSUE, NVML_TIMEOUT, NVML_UNKNOWN, NVML_INSUFFICIENT_POWER, NVML_OPERATING_SYSTEM]
                .contains(Int(code))
    }
}
