#if os(Linux)
    import CrashModel

    /// AMD's GPUs, as the kernel's amdgpu driver tells of them in /sys; no library is needed.
    ///
    /// The kernel's "AMDGPU driver: Thermal, Power, and Usage" and hwmon's "sysfs-interface" describe the files.
    final class AMDGPUs {
        private struct Card {
            /// `/sys/class/drm/card0/device`
            var folder: String
            var sensors: String?
            var bus: String?
            var nextDetails: Double
        }

        private let root: String
        private let progress: ProbeProgress
        private let detailInterval: Double
        private var cards: [Card] = []
        private var nextSearch = 0.0

        /// - Parameter root: The folder that stands for `/`.
        init(root: String, progress: ProbeProgress, detailInterval: Double = 30) {
            self.root = root
            self.progress = progress
            self.detailInterval = detailInterval
        }

        func start(now: Double) -> Bool {
            search(now: now)
            return !cards.isEmpty
        }

        /// - Parameter first: The index of the first of them.
        func look(now: Double, first: Int) -> [GPUSample] {
            if now >= nextSearch { search(now: now) }
            return cards.indices.map { place in
                progress.begin(.amdFiles, gpu: first + place)
                defer { progress.end() }
                return sample(of: place, index: first + place, now: now)
            }
        }

        private func search(now: Double) {
            progress.begin(.amdFiles)
            defer { progress.end() }
            nextSearch = now + detailInterval
            let drm = root + "/sys/class/drm"
            let folders = SmallFile.names(in: drm)
                // Not the connectors: card0-DP-1.
                .compactMap { name in name.hasPrefix("card") ? Int(name.dropFirst(4)).map { ($0, name) } : nil }
                .sorted { $0.0 < $1.0 }
                .map { drm + "/" + $0.1 + "/device" }
                .filter { SmallFile.text($0 + "/vendor") == "0x1002" }
            cards = folders.prefix(NVMLProbe.mostDevices).map { folder in
                let known = cards.first { $0.folder == folder }
                let sensors = SmallFile.names(in: folder + "/hwmon").first { $0.hasPrefix("hwmon") }
                return Card(
                    folder: folder, sensors: sensors.map { folder + "/hwmon/" + $0 },
                    bus: SmallFile.linkName(folder), nextDetails: known?.nextDetails ?? 0)
            }
        }

        private func sample(of place: Int, index: Int, now: Double) -> GPUSample {
            let card = cards[place]
            var sample = GPUSample(index: index)
            // One that sleeps would have to wake up for an answer.
            if SmallFile.text(card.folder + "/power/runtime_status") == "suspended" {
                sample.bus = card.bus
                return sample
            }
            func file(_ name: String) -> Int? {
                SmallFile.number(card.folder + "/" + name).flatMap { $0 < 0 ? nil : $0 }
            }
            sample.memoryTotal = file("mem_info_vram_total")
            sample.memoryUsed = file("mem_info_vram_used")
            sample.utilization = file("gpu_busy_percent").flatMap { $0 <= 100 ? Double($0) : nil }
            readSensors(of: card, into: &sample)
            if now >= card.nextDetails {
                cards[place].nextDetails = now + detailInterval
                sample.name = SmallFile.text(card.folder + "/product_name")
                sample.uuid = SmallFile.text(card.folder + "/unique_id")
                sample.bus = card.bus
                sample.pcieReplays = file("pcie_replay_count")
                (sample.eccCorrected, sample.eccUncorrected) = memoryErrors(of: card)
            }
            return sample
        }

        private func readSensors(of card: Card, into sample: inout GPUSample) {
            guard let sensors = card.sensors else { return }
            func sensor(_ names: String..., per unit: Double) -> Double? {
                for name in names {
                    if let value = SmallFile.number(sensors + "/" + name) { return Double(value) / unit }
                }
                return nil
            }
            // The edge, and where there is none (MI300), the junction; thousandths of a degree.
            sample.temperature = sensor("temp1_input", "temp2_input", per: 1000)
                .flatMap { (-100...300).contains($0) ? $0 : nil }
            // Millionths of a watt; newer cards only tell the power of this moment.
            sample.power = sensor("power1_average", "power1_input", per: 1_000_000)
            sample.powerLimit = sensor("power1_cap", per: 1_000_000)
            sample.smClock = sensor("freq1_input", per: 1_000_000)
            sample.memoryClock = sensor("freq2_input", per: 1_000_000)
        }

        /// Lines `ue: 0` and `ce: 0`, uncorrectable and correctable.
        private func memoryErrors(of card: Card) -> (corrected: Int?, uncorrected: Int?) {
            guard let text = SmallFile.text(card.folder + "/ras/umc_err_count") else { return (nil, nil) }
            func count(_ name: String) -> Int? {
                text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name) }
                    .flatMap { Int($0.dropFirst(name.count).drop { $0 == " " }) }
            }
            return (count("ce:"), count("ue:"))
        }
    }
#endif
