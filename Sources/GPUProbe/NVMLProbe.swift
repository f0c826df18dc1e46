#if os(Linux)
    import CGPUProbe
    import CrashModel

    /// Asks NVIDIA's driver about its GPUs.
    ///
    /// Numbers that change are asked for every time; names, limits and counters of errors seldom, and at once after an
    /// Xid, whose traces they are. What a driver does not know is left out. When it says that it was unloaded or
    /// replaced, the library is opened anew, at growing distances.
    final class NVMLProbe {
        /// What one look gave.
        struct Look {
            var status: GPUsSample.Status
            var driver: String?
            var problem: String?
            var gpus: [GPUSample]
        }

        /// More GPUs than any machine has.
        static let mostDevices = 64
        private static let mostEvents = 256
        private static let longestPause = 60.0

        /// Seconds between two looks at what seldom changes.
        let detailInterval: Double
        let progress: ProbeProgress
        private(set) var library: NVMLLibrary?
        private var driver: String?
        private var devices: [NVMLDevice] = []
        /// The places of GPUs that were there once, to say which is missing.
        private var knownBuses: [String] = []
        private var eventSet: nvml_event_set_ref?
        /// When to listen for events again, after a lost GPU has spoilt the set for the others.
        private var renewEventsAt: Double?
        private var allLostSince: Double?
        private var failures = 0
        private var retryAt = 0.0
        private var problem: String?
        let processes: NVMLProcesses

        init(progress: ProbeProgress, liveness: ProcessLiveness, detailInterval: Double = 30) {
            self.progress = progress
            self.detailInterval = detailInterval
            processes = NVMLProcesses(liveness: liveness)
        }

        /// Opens the driver. False where there is none and no NVIDIA GPU that would need one.
        func start(now: Double, hasNVIDIADevice: () -> Bool) -> Bool {
            open(now: now)
            if library != nil, failures == 0, !devices.isEmpty { return true }
            // The library alone is in many container images and on login nodes.
            return library != nil && hasNVIDIADevice()
        }

        func look(now: Double) -> Look {
            if failures > 0, now >= retryAt {
                close()
                open(now: now)
            }
            guard failures == 0 else {
                return Look(status: .failing, driver: driver, problem: problem, gpus: missingDevices())
            }
            var end: NVMLError?
            let xids = drainEvents(now: now, end: &end)
            var gpus: [GPUSample] = []
            processes.liveness.begin(now: now)
            for place in devices.indices where end == nil {
                gpus.append(sample(of: place, xids: xids[devices[place].index], now: now, end: &end))
            }
            if let end {
                fail(end.text, now: now)
                return Look(status: .failing, driver: driver, problem: problem, gpus: missingDevices())
            }
            gpus += missingDevices()
            if devices.isEmpty {
                return Look(status: .ok, driver: driver, problem: "the driver lists no GPU", gpus: gpus)
            }
            guard devices.allSatisfy({ $0.problem != nil }) else {
                allLostSince = nil
                return Look(status: .ok, driver: driver, problem: nil, gpus: gpus)
            }
            // Handles do not outlive a reset of all GPUs, but the next session may find them.
            let since = allLostSince ?? now
            allLostSince = since
            let text = devices.first?.problem ?? "no GPU answers"
            if now - since >= 2 * detailInterval {
                allLostSince = nil
                fail(text, now: now)
            }
            return Look(status: .failing, driver: driver, problem: text, gpus: gpus)
        }

        /// Calls into the driver, and says beforehand that it does.
        func perform(_ call: ProbeCall, gpu: Int? = nil, _ body: () -> Int32) -> NVMLError? {
            progress.begin(call, gpu: gpu)
            let code = body()
            progress.end()
            return code == Int32(NVML_OK) ? nil : NVMLError(code)
        }

        // MARK: - The session

        private func open(now: Double) {
            progress.begin(.open)
            library = NVMLLibrary()
            progress.end()
            guard let library else { return fail("libnvidia-ml.so.1 cannot be loaded", now: now) }
            guard let initialize = library.initialize, let count = library.count, library.deviceHandle != nil else {
                return fail("libnvidia-ml.so.1 lacks nvmlInit or the calls that list GPUs", now: now)
            }
            if let error = perform(.initialize, { initialize() }) { return fail(error.text, now: now) }
            readDriverVersion(library)
            var found: UInt32 = 0
            if let error = perform(.count, { count(&found) }) { return fail(error.text, now: now) }
            failures = 0
            problem = nil
            devices = (0..<min(Int(found), Self.mostDevices)).map { NVMLDevice(index: $0) }
            for place in devices.indices { getHandle(of: place) }
            listen()
        }

        private func close() {
            freeEvents()
            devices = []
            if let library, let shutdown = library.shutdown { _ = perform(.shutdown) { shutdown() } }
            // Closed too: the next one may be of another version.
            library = nil
        }

        private func fail(_ problem: String, now: Double) {
            self.problem = problem
            failures = min(failures + 1, 16)
            retryAt = now + min(Self.longestPause, Double(1 << (failures - 1)))
        }

        private func readDriverVersion(_ library: NVMLLibrary) {
            var version = ""
            if let driverVersion = library.driverVersion {
                _ = perform(.driverVersion) { nvmlText(80, into: &version) { driverVersion($0, $1) } }
            }
            let text = version.isEmpty ? "nvidia" : "nvidia " + version
            driver = text
            progress.setDriver(text)
        }

        private func getHandle(of place: Int) {
            guard let deviceHandle = library?.deviceHandle else { return }
            let index = devices[place].index
            var handle: nvml_device_ref?
            let error = perform(.handle, gpu: index) { deviceHandle(UInt32(index), &handle) }
            devices[place].handle = error == nil ? handle : nil
            devices[place].problem = error?.text ?? (handle == nil ? "the driver gave no handle" : nil)
        }

        private func missingDevices() -> [GPUSample] {
            let devices = failures > 0 ? [] : devices
            let present = Set(devices.compactMap(\.bus))
            let missing = knownBuses.filter { !present.contains($0) }
            // A GPU that is listed but does not say where it is may be one of them.
            return missing.prefix(max(0, knownBuses.count - devices.count)).enumerated().map { place, bus in
                var sample = GPUSample(index: devices.count + place)
                sample.bus = bus
                sample.problem = failures > 0 ? problem : "the driver no longer lists it"
                return sample
            }
        }

        func remember(bus: String) {
            if !knownBuses.contains(bus), knownBuses.count < Self.mostDevices { knownBuses.append(bus) }
        }

        // MARK: - One GPU

        private func sample(
            of place: Int, xids: [Int]?, now: Double, end: inout NVMLError?
        ) -> GPUSample {
            let detailed = now >= devices[place].nextDetails || xids != nil
            // A lost GPU is left alone in between: each call into it may take long.
            if devices[place].problem != nil, detailed { getHandle(of: place) }
            guard let library, let handle = devices[place].handle, devices[place].problem == nil else {
                if detailed { devices[place].nextDetails = now + detailInterval }
                var sample = GPUSample(index: devices[place].index)
                sample.bus = devices[place].bus
                sample.problem = devices[place].problem
                sample.xids = xids
                return sample
            }
            var asker = NVMLAsker(probe: self, library: library, device: handle, index: devices[place].index)
            var sample = asker.sample(of: &devices[place], detailed: detailed)
            if let bus = devices[place].bus { remember(bus: bus) }
            sample.xids = xids
            if detailed {
                // Spread over the time, so that not all GPUs are asked for everything in the same second.
                let first = devices[place].nextDetails == 0
                devices[place].nextDetails = now + detailInterval + (first ? Double(place % 16) : 0)
            }
            if asker.isLost {
                devices[place].problem = sample.problem
                devices[place].nextDetails = now + detailInterval
                sample.bus = devices[place].bus
            }
            end = asker.sessionEnd
            return sample
        }

        // MARK: - Events

        private func listen() {
            renewEventsAt = nil
            guard let library, let create = library.eventSetCreate, let register = library.registerEvents,
                library.eventSetWait != nil
            else { return }
            var set: nvml_event_set_ref?
            guard perform(.eventSet, { create(&set) }) == nil, let set else { return }
            eventSet = set
            for device in devices {
                guard device.problem == nil, let handle = device.handle else { continue }
                // Where it is not supported, the kernel's log is all there is.
                _ = perform(.eventRegister, gpu: device.index) {
                    register(handle, UInt64(NVML_EVENT_XID), set)
                }
            }
        }

        private func freeEvents() {
            if let eventSet, let free = library?.eventSetFree { _ = perform(.eventSet) { free(eventSet) } }
            eventSet = nil
        }

        /// The Xids that came, by GPU. Never waits.
        private func drainEvents(now: Double, end: inout NVMLError?) -> [Int: [Int]] {
            if let time = renewEventsAt, now >= time {
                freeEvents()
                listen()
            }
            guard let eventSet, let wait = library?.eventSetWait else { return [:] }
            var xids: [Int: [Int]] = [:]
            for _ in 0..<Self.mostEvents {
                var event = nvml_event()
                if let error = perform(.eventWait, { wait(eventSet, &event, 0) }) {
                    if error.endsSession { end = error }
                    if error.losesDevice, renewEventsAt == nil { renewEventsAt = now + detailInterval }
                    break
                }
                guard event.type & UInt64(NVML_EVENT_XID) != 0,
                    let device = devices.first(where: { $0.handle == event.device })
                else { continue }
                let xid = Int(clamping: event.data)
                if xids[device.index, default: []].count < 32 { xids[device.index, default: []].append(xid) }
            }
            return xids
        }
    }

    /// One GPU between two looks.
    struct NVMLDevice {
        let index: Int
        var handle: nvml_device_ref?
        var bus: String?
        /// Watts.
        var powerLimit: Double?
        var mig: Bool?
        var instances: [(handle: nvml_device_ref, uuid: String?)] = []
        /// Why it is not asked.
        var problem: String?
        /// When to ask for what seldom changes.
        var nextDetails = 0.0
    }

    /// Has a call fill a buffer, and reads it as far as its zero, which a broken driver may leave out.
    func nvmlText(
        _ size: Int, into text: inout String, _ call: (UnsafeMutablePointer<CChar>, UInt32) -> Int32
    ) -> Int32 {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
            buffer.initialize(repeating: 0)
            guard let start = buffer.baseAddress else { return Int32(NVML_MEMORY) }
            let code = call(start, UInt32(size - 1))
            if code == Int32(NVML_OK) {
                text = String(decoding: UnsafeRawBufferPointer(buffer).prefix { $0 != 0 }, as: UTF8.self)
            }
            return code
        }
    }
#endif
