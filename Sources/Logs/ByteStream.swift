import CrashModel
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The decompressed bytes of one input, in order, in chunks of at most ``chunkSize``.
///
/// Plain `read(2)`, not a map: a file that is truncated under a map kills the reader, pipes cannot be mapped, and a
/// map counts the whole file as resident.
struct ByteStream {
    static let chunkSize = 256 * 1024

    /// Why a stream ended before its source did.
    struct Problem: Error {
        var message: String
    }

    private enum Source {
        case memory([UInt8], at: Int)
        case descriptor(Int32)
        case part(FilePart)
        case decompressor(Decompressor)
    }

    private var source: Source
    /// Bytes read while looking at what the source is, still to be delivered.
    private var head: [UInt8]
    private let name: String

    init(_ location: LogInput.Location, name: String) throws(Problem) {
        self.name = name
        switch location {
        case .memory(let bytes):
            head = []
            source = .memory(bytes, at: 0)
            if let format = Compression(magic: bytes.prefix(8)) {
                source = .decompressor(try Self.start(format, .bytes(bytes), name))
            }
        case .file(let path):
            let descriptor = try FileAccess.open(path)
            head = []
            source = .descriptor(descriptor)
            // A record of /dev/kmsg that does not fit the buffer is refused, and no device holds an archive.
            if !FileAccess.isDevice(descriptor) { try sniff(descriptor) }
        case .standardInput:
            head = []
            source = .descriptor(0)
            try sniff(0)
        case .descriptor(let descriptor):
            head = []
            let own = dup(descriptor)
            guard own >= 0 else { throw Problem(message: FileAccess.problem("could not be read", name)) }
            source = .descriptor(own)
            try sniff(own)
        case .part(let part):
            head = []
            source = .part(part)
            guard let format = Compression(of: part.descriptor) else { return }
            // The decompressor shares the file's position.
            _ = lseek(part.descriptor, 0, SEEK_SET)
            source = .decompressor(try Self.start(format, .descriptor(part.descriptor), name))
            try skip(part.start)
        }
    }

    /// Passes over the first bytes of what a decompressor gives.
    private mutating func skip(_ count: Int) throws(Problem) {
        var buffer = [UInt8](repeating: 0, count: min(max(count, 1), Self.chunkSize))
        var left = count
        while left > 0 {
            var problem: Problem?
            let got = buffer.withUnsafeMutableBytes { bytes in
                do throws(Problem) {
                    return try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<min(left, bytes.count)]))
                } catch {
                    problem = error
                    return 0
                }
            }
            if let problem { throw problem }
            if got == 0 { return }
            left -= got
        }
    }

    private static func start(
        _ format: Compression, _ input: Decompressor.Input, _ name: String
    ) throws(Problem) -> Decompressor {
        do {
            return try Decompressor(format, input)
        } catch {
            throw Problem(message: "\(name): \(error.message)")
        }
    }

    /// Reads the first bytes and puts a decompressor before the rest when they are a compressed file's.
    private mutating func sniff(_ descriptor: Int32) throws(Problem) {
        var first = [UInt8](repeating: 0, count: 8)
        var count = 0
        while count < first.count {
            let wanted = first.count - count
            let got = first.withUnsafeMutableBytes { buffer in
                FileAccess.read(descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[count..<count + wanted]))
            }
            if got < 0 {
                let problem = Problem(message: FileAccess.problem("could not be read", name))
                close()
                throw problem
            }
            if got == 0 { break }
            count += got
        }
        head = Array(first[..<count])
        guard let format = Compression(magic: head[...]) else { return }
        let prefix = head
        head = []
        do {
            if lseek(descriptor, -off_t(count), SEEK_CUR) >= 0 {
                source = .decompressor(try Self.start(format, .descriptor(descriptor), name))
                if descriptor != 0 { FileAccess.close(descriptor) }
            } else {
                source = .decompressor(try Self.start(format, .piped(prefix, then: descriptor), name))
            }
        } catch {
            if descriptor != 0 { FileAccess.close(descriptor) }
            source = .memory([], at: 0)
            throw error
        }
    }

    /// Fills `buffer`; 0 at the end of the source.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
        if !head.isEmpty {
            let count = min(head.count, buffer.count)
            buffer.copyBytes(from: head.prefix(count))
            head.removeFirst(count)
            return count
        }
        switch source {
        case .memory(let bytes, let at):
            let count = min(bytes.count - at, buffer.count)
            bytes.withUnsafeBytes { buffer.copyBytes(from: $0[at..<at + count]) }
            source = .memory(bytes, at: at + count)
            return count
        case .descriptor(let descriptor):
            let count = FileAccess.read(descriptor, buffer)
            if count < 0 { throw Problem(message: FileAccess.problem("could not be read to its end", name)) }
            return count
        case .part(var part):
            let wanted = part.end.map { max(0, min($0 - part.start, buffer.count)) } ?? buffer.count
            if wanted == 0 { return 0 }
            let count = FileAccess.read(
                part.descriptor, at: part.start, UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            if count < 0 { throw Problem(message: FileAccess.problem("could not be read to its end", name)) }
            part.start += count
            source = .part(part)
            return count
        case .decompressor(let decompressor):
            let count = FileAccess.read(decompressor.output, buffer)
            if count > 0 { return count }
            source = .memory([], at: 0)
            if let problem = decompressor.finish() { throw Problem(message: "\(name): \(problem)") }
            return 0
        }
    }

    mutating func close() {
        switch source {
        case .memory, .part: break
        case .descriptor(let descriptor): if descriptor != 0 { FileAccess.close(descriptor) }
        case .decompressor(let decompressor): _ = decompressor.finish()
        }
        source = .memory([], at: 0)
    }
}

/// The few system calls that reading needs, with their errors in words.
enum FileAccess {
    /// Opens for reading. Devices are opened without waiting, so that `/dev/kmsg` ends where its records do.
    static func open(_ path: String) throws(ByteStream.Problem) -> Int32 {
        var status = stat()
        let isDevice = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
        let descriptor = systemOpen(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (isDevice ? O_NONBLOCK : 0))
        guard descriptor >= 0 else { throw ByteStream.Problem(message: problem("could not be opened", path)) }
        if !isDevice, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw ByteStream.Problem(message: "is a folder: \(path)")
        }
        return descriptor
    }

    private static func systemOpen(_ path: String, _ flags: Int32) -> Int32 {
        while true {
            #if canImport(Glibc)
                let descriptor = Glibc.open(path, flags)
            #elseif canImport(Musl)
                let descriptor = Musl.open(path, flags)
            #else
                let descriptor = Darwin.open(path, flags)
            #endif
            if descriptor >= 0 || errno != EINTR { return descriptor }
        }
    }

    static func isDevice(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
    }

    static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
            _ = Musl.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    /// Bytes read, 0 at the end, -1 with `errno` set.
    static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
                let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
            #else
                let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EPIPE: continue  // /dev/kmsg: records were overwritten before they were read; the next read goes on
            case EAGAIN:
                if isDevice(descriptor), isatty(descriptor) == 0 { return 0 }  // /dev/kmsg: no more records for now
                var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = poll(&wait, 1, -1)
            default: return -1
            }
        }
    }

    /// Reads at a place of a file, and leaves its position alone. Bytes read, 0 at the end, -1 with `errno` set.
    static func read(_ descriptor: Int32, at offset: Int, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 || errno != EINTR { return count }
        }
    }

    /// What the last call's `errno` means, as `permission denied: PATH` or `could not be opened (reason): PATH`.
    static func problem(_ what: String, _ path: String) -> String {
        switch errno {
        case EACCES, EPERM: "permission denied: \(path)"
        case ENOENT: "no such file or folder: \(path)"
        case let code: "\(what) (\(String(cString: strerror(code)))): \(path)"
        }
    }
}
