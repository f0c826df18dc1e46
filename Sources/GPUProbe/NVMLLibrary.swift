#if os(Linux)
    import CGPUProbe
    import Glibc

    /// NVML as it is on this machine: opened at run time, each call as far as this driver has it.
    final class NVMLLibrary {
        private let handle: UnsafeMutableRawPointer

        let initialize: nvml_call_plain?
        let shutdown: nvml_call_plain?
        let driverVersion: nvml_call_system_text?
        let count: nvml_call_count?
        let deviceHandle: nvml_call_handle?
        let name: nvml_call_text?
        let uuid: nvml_call_text?
        let pci: nvml_call_pci?
        let memory: nvml_call_memory?
        let utilization: nvml_call_utilization?
        let temperature: nvml_call_number_of?
        let power: nvml_call_number?
        let powerLimit: nvml_call_number?
        let clock: nvml_call_number_of?
        let throttleReasons: nvml_call_bits?
        let ecc: nvml_call_ecc?
        let remappedRows: nvml_call_remapped?
        let pcieReplays: nvml_call_number?
        let eventSetCreate: nvml_call_event_set?
        let eventSetFree: nvml_call_event_free?
        let registerEvents: nvml_call_event_register?
        let eventSetWait: nvml_call_event_wait?
        let computeProcesses: nvml_call_processes?
        let graphicsProcesses: nvml_call_processes?
        let migMode: nvml_call_pair?
        let migCount: nvml_call_number?
        let migHandle: nvml_call_mig_handle?

        /// Where the library is looked for, in this order.
        static func candidates() -> [String] {
            if let path = getenv("FAULTLINE_NVML") { return [String(cString: path)] }
            return ["libnvidia-ml.so.1", "libnvidia-ml.so"]
        }

        /// Nil where there is no such library.
        init?(candidates: [String] = NVMLLibrary.candidates()) {
            var opened: UnsafeMutableRawPointer?
            for candidate in candidates where opened == nil { opened = dlopen(candidate, RTLD_NOW | RTLD_LOCAL) }
            guard let opened else { return nil }
            handle = opened
            func find<Call>(_ names: String..., as type: Call.Type = Call.self) -> Call? {
                for name in names {
                    if let symbol = dlsym(opened, name) { return unsafeBitCast(symbol, to: type) }
                }
                return nil
            }
            initialize = find("nvmlInit_v2", "nvmlInit")
            shutdown = find("nvmlShutdown")
            driverVersion = find("nvmlSystemGetDriverVersion")
            count = find("nvmlDeviceGetCount_v2", "nvmlDeviceGetCount")
            deviceHandle = find("nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex")
            name = find("nvmlDeviceGetName")
            uuid = find("nvmlDeviceGetUUID")
            pci = find("nvmlDeviceGetPciInfo_v3", "nvmlDeviceGetPciInfo_v2", "nvmlDeviceGetPciInfo")
            memory = find("nvmlDeviceGetMemoryInfo")
            utilization = find("nvmlDeviceGetUtilizationRates")
            temperature = find("nvmlDeviceGetTemperature")
            power = find("nvmlDeviceGetPowerUsage")
            powerLimit = find("nvmlDeviceGetEnforcedPowerLimit", "nvmlDeviceGetPowerManagementLimit")
            clock = find("nvmlDeviceGetClockInfo")
            throttleReasons = find(
                "nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons")
            ecc = find("nvmlDeviceGetTotalEccErrors")
            remappedRows = find("nvmlDeviceGetRemappedRows")
            pcieReplays = find("nvmlDeviceGetPcieReplayCounter")
            eventSetCreate = find("nvmlEventSetCreate")
            eventSetFree = find("nvmlEventSetFree")
            registerEvents = find("nvmlDeviceRegisterEvents")
            eventSetWait = find("nvmlEventSetWait_v2", "nvmlEventSetWait")
            computeProcesses = find(
                "nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v2",
                "nvmlDeviceGetComputeRunningProcesses")
            graphicsProcesses = find(
                "nvmlDeviceGetGraphicsRunningProcesses_v3", "nvmlDeviceGetGraphicsRunningProcesses_v2",
                "nvmlDeviceGetGraphicsRunningProcesses")
            migMode = find("nvmlDeviceGetMigMode")
            migCount = find("nvmlDeviceGetMaxMigDeviceCount")
            migHandle = find("nvmlDeviceGetMigDeviceHandleByIndex")
        }

        deinit { dlclose(handle) }
    }
#endif
