package import Foundation
public import Logs

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the system says of a file without opening it. While nothing of it changes, nothing is new in the file.
public struct FileFacts: Sendable, Hashable, Codable {
    public var identity: FileIdentity
    /// Bytes.
    public var size: Int
    /// When it was last written: nanoseconds since 1970.
    public var modified: Int
    /// When its inode was last changed, which nobody can set back: a file that was emptied and refilled, and then given
    /// its old time, shows here. Nanoseconds since 1970.
    public var changed: Int

    init(_ status: stat) {
        identity = FileIdentity(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino))
        size = Int(status.st_size)
        #if canImport(Darwin)
            (modified, changed) = (Self.nanoseconds(status.st_mtimespec), Self.nanoseconds(status.st_ctimespec))
        #else
            (modified, changed) = (Self.nanoseconds(status.st_mtim), Self.nanoseconds(status.st_ctim))
        #endif
    }

    private static func nanoseconds(_ time: timespec) -> Int {
        let (nanoseconds, overflow) = Int(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? 0 : nanoseconds &+ Int(time.tv_nsec)
    }

    /// A regular file; `nil` for all else, and where there is nothing.
    public init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(status)
    }

    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(status)
    }

    /// When it was last written, as ``InputDiscovery`` gives it.
    package var modifiedAt: Date {
        let (seconds, nanoseconds) = modified.quotientAndRemainder(dividingBy: 1_000_000_000)
        return Date(timeIntervalSince1970: Double(seconds) + Double(nanoseconds) / 1e9)
    }

    /// Seconds since 1970.
    var modifiedSeconds: Double { Double(modified) / 1e9 }
}
