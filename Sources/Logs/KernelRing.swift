import CrashModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The running kernel's log, as `/dev/kmsg` gives it to whoever may read it.
///
/// Each `read(2)` of the device returns one record; a record that was overwritten meanwhile costs an `EPIPE`, after
/// which reading goes on with the next one that is left (Documentation/ABI/testing/dev-kmsg).
public struct KernelRing: Sendable {
    private static let longestRecord = 8192
    private static let maximumBytes = 16 << 20

    private let path: String

    public init(path: String = "/dev/kmsg") {
        self.path = path
    }

    /// The records of this boot as an input, or `nil` where there is none or reading is not allowed.
    public func read() -> LogInput? {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var record = [UInt8](repeating: 0, count: Self.longestRecord)
        var lost = 0
        while bytes.count < Self.maximumBytes {
            #if canImport(Darwin)
                let count = Darwin.read(descriptor, &record, record.count)
            #elseif canImport(Musl)
                let count = Musl.read(descriptor, &record, record.count)
            #else
                let count = Glibc.read(descriptor, &record, record.count)
            #endif
            if count > 0 {
                bytes += record[..<count]
            } else if count < 0, errno == EPIPE, lost < 10_000 {
                lost += 1
            } else if count < 0, errno == EINTR {
                continue
            } else {
                break
            }
        }
        return bytes.isEmpty ? nil : LogInput(source: path, location: .memory(bytes))
    }
}
