#if os(Linux)
    import CGPUProbe
    import Glibc

    /// Where the probe is, in memory that the recorder can see too.
    ///
    /// A call that hangs cannot say so any more. So each says beforehand that it begins, which costs one store.
    final class ProbeProgress {
        private let page: UnsafeMutablePointer<probe_progress>
        private let isShared: Bool

        /// Maps the file that both share; nil where it cannot be, or is too small to be one.
        init?(descriptor: Int32) {
            var info = stat()
            let size = MemoryLayout<probe_progress>.size
            guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_size == size,
                let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
            else { return nil }
            page = memory.bindMemory(to: probe_progress.self, capacity: 1)
            isShared = true
        }

        /// Of this process alone, for a probe that nobody watches.
        init() {
            page = .allocate(capacity: 1)
            page.initialize(to: probe_progress())
            isShared = false
        }

        deinit {
            if isShared { munmap(page, MemoryLayout<probe_progress>.size) } else { page.deallocate() }
        }

        func begin(_ call: ProbeCall, gpu: Int? = nil) {
            probe_progress_set(page, ProbePlace(call, gpu: gpu).code)
        }

        func end() { probe_progress_set(page, 0) }

        /// The call that began and did not end.
        var place: ProbePlace? { ProbePlace(code: probe_progress_get(page)) }

        /// Forgets what a probe before wrote.
        func reset() {
            probe_progress_set(page, 0)
            withDriverBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
        }

        /// `nvidia 550.54.15`; cut to the room there is.
        func setDriver(_ text: String) {
            withDriverBytes { room in
                var place = 0
                for byte in text.utf8 where place < room.count - 1 {
                    room[place] = byte
                    place += 1
                }
                room[place] = 0
            }
        }

        /// What ``setDriver(_:)`` wrote, in this process or in the one that shares it.
        var driver: String? {
            withDriverBytes { room in
                let bytes = room.prefix { $0 != 0 }
                return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
            }
        }

        private func withDriverBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
            let offset = MemoryLayout<probe_progress>.offset(of: \.driver) ?? 4
            let room = UnsafeMutableRawBufferPointer(
                start: UnsafeMutableRawPointer(page) + offset, count: MemoryLayout<probe_progress>.size - offset)
            return body(room)
        }
    }
#endif
