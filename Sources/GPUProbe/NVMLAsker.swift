#if os(Linux)
    import CGPUProbe
    import CrashModel

    /// Asks about one GPU, and remembers what went wrong on the way.
    struct NVMLAsker {
        let probe: NVMLProbe
        let library: NVMLLibrary
        let device: nvml_device_ref
        let index: Int
        /// The first fault.
        private(set) var problem: String?
        private(set) var isLost = false
        private(set) var sessionEnd: NVMLError?

        init(probe: NVMLProbe, library: NVMLLibrary, device: nvml_device_ref, index: Int) {
            self.probe = probe
            self.library = library
            self.device = device
            self.index = index
        }

        mutating func sample(of state: inout NVMLDevice, detailed: Bool) -> GPUSample {
            var sample = GPUSample(index: index)
            readNumbers(into: &sample)
            if detailed {
                readIdentity(into: &sample)
                readErrors(into: &sample)
                if let call = library.powerLimit {
                    state.powerLimit = number(.powerLimit, at: 1...1_000_000, call).map { Double($0) / 1000 }
                }
                readInstances(into: &state)
                sample.mig = state.mig
                state.bus = sample.bus ?? state.bus
            }
            sample.powerLimit = state.powerLimit
            sample.instances = instances(of: state)
            sample.processes = processes(of: state)
            sample.problem = problem
            return sample
        }

        // MARK: - Numbers

        private mutating func readNumbers(into sample: inout GPUSample) {
            if let call = library.memory, let memory = memory(of: device, call) {
                sample.memoryTotal = Int(exactly: memory.total)
                sample.memoryUsed = Int(exactly: memory.used)
            }
            if let call = library.utilization {
                let handle = device
                let rates = value(.utilization, nvml_utilization()) { call(handle, &$0) }
                sample.utilization = rates.flatMap { $0.gpu <= 100 ? Double($0.gpu) : nil }
            }
            if let call = library.temperature {
                // Signed in newer calls; what is colder or hotter than any chip is no temperature.
                let degrees = number(of: .temperature, NVML_TEMPERATURE_OF_GPU, at: 0...250, call)
                sample.temperature = degrees.map { Double($0) }
            }
            if let call = library.power {
                sample.power = number(.power, at: 0...1_000_000_000, call).map { Double($0) / 1000 }
            }
            if let call = library.clock {
                sample.smClock = number(of: .clock, NVML_CLOCK_OF_SM, at: 0...100_000, call).map { Double($0) }
                sample.memoryClock = number(of: .clock, NVML_CLOCK_OF_MEMORY, at: 0...100_000, call).map { Double($0) }
            }
            if let call = library.throttleReasons {
                let handle = device
                sample.throttle = value(.throttleReasons, 0) { call(handle, &$0) }.map(ThrottleReasons.names)
            }
        }

        // MARK: - What seldom changes

        private mutating func readIdentity(into sample: inout GPUSample) {
            if let call = library.name { sample.name = text(.name, 96, device, call) }
            if let call = library.uuid { sample.uuid = text(.uuid, 96, device, call) }
            if let call = library.pci {
                let handle = device
                sample.bus = value(.pci, nvml_pci()) { call(handle, &$0) }.map { pci in
                    hexadecimal(pci.domain, digits: 4) + ":" + hexadecimal(pci.bus, digits: 2) + ":"
                        + hexadecimal(pci.device, digits: 2) + ".0"
                }
            }
        }

        private mutating func readErrors(into sample: inout GPUSample) {
            let handle = device
            if let call = library.ecc {
                sample.eccCorrected = value(.ecc, 0) {
                    call(handle, Int32(NVML_ECC_CORRECTED), Int32(NVML_ECC_VOLATILE), &$0)
                }.flatMap { Int(exactly: $0) }
                sample.eccUncorrected = value(.ecc, 0) {
                    call(handle, Int32(NVML_ECC_UNCORRECTED), Int32(NVML_ECC_VOLATILE), &$0)
                }.flatMap { Int(exactly: $0) }
            }
            if let call = library.remappedRows {
                var corrected: UInt32 = 0
                var uncorrected: UInt32 = 0
                var failed: UInt32 = 0
                let pending = value(.remappedRows, UInt32(0)) {
                    call(handle, &corrected, &uncorrected, &$0, &failed)
                }
                if let pending {
                    sample.remappedRows = Int(corrected) + Int(uncorrected)
                    sample.remapPending = pending != 0
                    sample.remapFailed = failed != 0
                }
            }
            if let call = library.pcieReplays {
                sample.pcieReplays = number(.pcieReplays, at: 0...(.max), call).map { Int($0) }
            }
        }

        // MARK: - MIG

        private mutating func readInstances(into state: inout NVMLDevice) {
            state.instances = []
            state.mig = nil
            let handle = device
            guard let call = library.migMode else { return }
            var pending: UInt32 = 0
            guard let mode = value(.migMode, UInt32(0), { call(handle, &$0, &pending) }) else { return }
            state.mig = mode == 1
            guard mode == 1, let count = library.migCount, let migHandle = library.migHandle,
                let most = number(.migCount, at: 0...64, count)
            else { return }
            for place in 0..<most {
                // A hole in the numbering is no fault.
                guard let found = value(.migHandle, nvml_device_ref?.none, { migHandle(handle, place, &$0) }),
                    let instance = found
                else { continue }
                let uuid = library.uuid.flatMap { text(.uuid, 96, instance, $0) }
                state.instances.append((instance, uuid))
            }
        }

        private mutating func instances(of state: NVMLDevice) -> [GPUInstanceSample]? {
            guard state.mig == true else { return nil }
            var samples: [GPUInstanceSample] = []
            for instance in state.instances {
                var sample = GPUInstanceSample(uuid: instance.uuid)
                if let call = library.memory, let memory = memory(of: instance.handle, call) {
                    sample.memoryTotal = Int(exactly: memory.total)
                    sample.memoryUsed = Int(exactly: memory.used)
                }
                samples.append(sample)
            }
            return samples
        }

        // MARK: - Processes

        private mutating func processes(of state: NVMLDevice) -> [GPUProcessSample]? {
            if let found = processes(on: device) { return probe.processes.samples(of: found) }
            // With MIG, the GPU as a whole only tells those who may see all of it.
            guard !state.instances.isEmpty else { return nil }
            var found = NVMLProcesses.Found()
            var isKnown = false
            for instance in state.instances {
                guard let more = processes(on: instance.handle) else { continue }
                isKnown = true
                found.merge(more) { NVMLProcesses.sum($0, $1) }
            }
            return isKnown ? probe.processes.samples(of: found) : nil
        }

        private mutating func processes(on handle: nvml_device_ref) -> NVMLProcesses.Found? {
            let compute = processes(.computeProcesses, handle, library.computeProcesses)
            let graphics = processes(.graphicsProcesses, handle, library.graphicsProcesses)
            guard let compute else { return graphics }
            // A process that does both is in both lists, with all of its memory.
            return compute.merging(graphics ?? [:]) { NVMLProcesses.larger($0, $1) }
        }

        private mutating func processes(
            _ call: ProbeCall, _ handle: nvml_device_ref, _ function: nvml_call_processes?
        ) -> NVMLProcesses.Found? {
            guard let function, !isLost else { return nil }
            var found: NVMLProcesses.Found?
            let error = probe.perform(call, gpu: index) {
                probe.processes.ask({ function(handle, $0, $1) }, found: &found)
            }
            if let error { note(error, call) }
            return found
        }

        // MARK: - Asking

        private mutating func memory(of handle: nvml_device_ref, _ call: nvml_call_memory) -> nvml_memory? {
            value(.memory, nvml_memory()) { call(handle, &$0) }
        }

        private mutating func number(
            _ call: ProbeCall, at range: ClosedRange<UInt32>, _ function: nvml_call_number
        ) -> UInt32? {
            let handle = device
            return value(call, UInt32(0)) { function(handle, &$0) }.flatMap { range.contains($0) ? $0 : nil }
        }

        private mutating func number(
            of call: ProbeCall, _ kind: Int, at range: ClosedRange<UInt32>, _ function: nvml_call_number_of
        ) -> UInt32? {
            let handle = device
            return value(call, UInt32(0)) { function(handle, Int32(kind), &$0) }
                .flatMap { range.contains($0) ? $0 : nil }
        }

        private mutating func text(
            _ call: ProbeCall, _ size: Int, _ handle: nvml_device_ref, _ function: nvml_call_text
        ) -> String? {
            value(call, "") { text in nvmlText(size, into: &text) { function(handle, $0, $1) } }
                .flatMap { $0.isEmpty ? nil : $0 }
        }

        /// What a call fills in; nil where it cannot. A lost GPU is asked nothing more.
        private mutating func value<Value>(
            _ call: ProbeCall, _ initial: Value, _ body: (inout Value) -> Int32
        ) -> Value? {
            guard !isLost, sessionEnd == nil else { return nil }
            var value = initial
            guard let error = probe.perform(call, gpu: index, { body(&value) }) else { return value }
            note(error, call)
            return nil
        }

        private mutating func note(_ error: NVMLError, _ call: ProbeCall) {
            guard error.isFault else { return }
            if error.losesDevice { isLost = true }
            if error.endsSession { sessionEnd = error }
            if problem == nil || error.losesDevice {
                problem = error.losesDevice || error.endsSession ? error.text : "\(error.text) (\(call.name))"
            }
        }
    }

    private func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
#endif
