#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What is there, without reading it.
enum FileStatus {
    static func exists(_ path: UnsafePointer<CChar>) -> Bool {
        access(path, F_OK) == 0
    }

    static func isReadable(_ path: UnsafePointer<CChar>) -> Bool {
        access(path, R_OK) == 0
    }
}
