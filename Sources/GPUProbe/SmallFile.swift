#if os(Linux)
    import Glibc

    /// The small files of /sys.
    enum SmallFile {
        /// The text without what surrounds it; nil where it cannot be read or is empty.
        static func text(_ path: String) -> String? {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            return withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { buffer in
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                guard count > 0 else { return nil }
                let blank: (UInt8) -> Bool = { $0 <= 0x20 }
                let bytes = UnsafeRawBufferPointer(buffer).prefix(count).drop(while: blank)
                guard let last = bytes.lastIndex(where: { !blank($0) }) else { return nil }
                return String(decoding: bytes[...last], as: UTF8.self)
            }
        }

        static func number(_ path: String) -> Int? {
            text(path).flatMap { Int($0) }
        }

        /// The names in a folder, sorted; none where it cannot be read.
        static func names(in folder: String) -> [String] {
            guard let stream = opendir(folder) else { return [] }
            defer { closedir(stream) }
            var names: [String] = []
            while names.count < 4096, let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                        String(cString: $0)
                    }
                }
                if name != ".", name != ".." { names.append(name) }
            }
            return names.sorted()
        }

        /// The last part of where a link leads.
        static func linkName(_ path: String) -> String? {
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer in
                guard let start = buffer.baseAddress else { return nil }
                let count = readlink(path, start, buffer.count)
                guard count > 0 else { return nil }
                let target = String(decoding: UnsafeRawBufferPointer(buffer).prefix(count), as: UTF8.self)
                return target.split(separator: "/").last.map(String.init)
            }
        }
    }
#endif
