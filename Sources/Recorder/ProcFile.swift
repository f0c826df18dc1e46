#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory that small files are read into; made once.
final class Scratch {
    let base: UnsafeMutableRawPointer
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(byteCount: capacity, alignment: 64)
        memset(base, 0, min(capacity, 1 << 16))
    }

    deinit { base.deallocate() }

    /// All of an open file from its beginning, as far as it fits; nil when it cannot be read.
    func fill(from descriptor: Int32) -> UnsafeRawBufferPointer? {
        var count = 0
        while count < capacity {
            let got = pread(descriptor, base + count, capacity - count, off_t(count))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { return nil }
            if got == 0 { break }
            count += got
        }
        return UnsafeRawBufferPointer(start: base, count: count)
    }

    /// All of a file that is opened for it alone.
    ///
    /// - Parameter atOnce: The kernel gives all of it to the first read, so that the second, which would only find the
    ///   end, is saved. True of files with a single record, such as `/proc/PID/stat`.
    func fill(
        fromFile path: UnsafePointer<CChar>, in folder: Int32 = AT_FDCWD, atOnce: Bool = false
    ) -> UnsafeRawBufferPointer? {
        let descriptor = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard atOnce else { return fill(from: descriptor) }
        while true {
            let got = read(descriptor, base, capacity)
            if got < 0, errno == EINTR { continue }
            return got < 0 ? nil : UnsafeRawBufferPointer(start: base, count: got)
        }
    }
}

/// A file of `/proc` or `/sys` that is read again and again, and therefore stays open.
final class ProcFile {
    private let path: CPath
    private var descriptor: Int32 = -1

    init(_ path: String) {
        self.path = CPath(path)
    }

    deinit { shut() }

    /// What it says now; nil when it is not there. A file that went away and came back is opened anew.
    func read(into scratch: Scratch) -> UnsafeRawBufferPointer? {
        if descriptor >= 0 {
            if let text = scratch.fill(from: descriptor), !text.isEmpty { return text }
            shut()
        }
        descriptor = open(path.start, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        guard let text = scratch.fill(from: descriptor), !text.isEmpty else {
            shut()
            return nil
        }
        return text
    }

    private func shut() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }
}

/// A path as C wants it, in memory of its own, so that using it never allocates.
final class CPath: @unchecked Sendable {  // Never written to after init.
    let start: UnsafeMutablePointer<CChar>
    let count: Int

    init(_ path: String) {
        let bytes = path.utf8CString
        count = bytes.count - 1
        start = .allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { (start + index).initialize(to: byte) }
    }

    deinit { start.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}

/// A path that is put together again and again in the same memory.
final class PathBuffer {
    let start: UnsafeMutablePointer<CChar>
    private let capacity: Int
    private(set) var count = 0
    private(set) var isOverfull = false

    init(capacity: Int = 4096) {
        self.capacity = capacity
        start = .allocate(capacity: capacity)
        start.initialize(repeating: 0, count: capacity)
    }

    deinit { start.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    func clear() { cut(to: 0) }

    /// Shortens it to its first `length` bytes.
    func cut(to length: Int) {
        count = min(length, count)
        isOverfull = false
        start[count] = 0
    }

    func append(_ text: UnsafeRawBufferPointer) {
        guard let source = text.baseAddress, !text.isEmpty else { return }
        guard count + text.count < capacity else {
            isOverfull = true
            return
        }
        memcpy(start + count, source, text.count)
        count += text.count
        start[count] = 0
    }

    func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Only at the start of a recorder: it may allocate.
    func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// A pid, which is not negative.
    func append(pid: Int32) {
        var divisor: Int32 = 1
        while pid / divisor >= 10 { divisor *= 10 }
        while divisor > 0, count + 1 < capacity {
            start[count] = CChar(truncatingIfNeeded: 48 + pid / divisor % 10)
            count += 1
            divisor /= 10
        }
        start[count] = 0
    }
}
