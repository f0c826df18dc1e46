import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A compressed format, known by its first bytes.
enum Compression: CaseIterable {
    case gzip, xz, zstd, bzip2

    init?(magic: ArraySlice<UInt8>) {
        let bytes = Array(magic)
        guard let found = Self.allCases.first(where: { bytes.starts(with: $0.magic) }) else { return nil }
        self = found
    }

    /// The format of an open file, which is left where it stands.
    init?(of descriptor: Int32) {
        var first = [UInt8](repeating: 0, count: 8)
        let count = first.withUnsafeMutableBytes { FileAccess.read(descriptor, at: 0, $0) }
        self.init(magic: first[..<max(count, 0)])
    }

    private var magic: [UInt8] {
        switch self {
        case .gzip: [0x1f, 0x8b]
        case .xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
        case .zstd: [0x28, 0xb5, 0x2f, 0xfd]
        case .bzip2: [0x42, 0x5a, 0x68]
        }
    }

    /// The program that reads it, which is also the name of the package to install.
    var program: String {
        switch self {
        case .gzip: "gzip"
        case .xz: "xz"
        case .zstd: "zstd"
        case .bzip2: "bzip2"
        }
    }

    var arguments: [String] { self == .zstd ? ["-dcq"] : ["-dc"] }

    /// The file endings that such files have, for telling what a name holds.
    static let endings: Set<String> = ["gz", "xz", "zst", "bz2"]
}

/// The system's own decompressor at work, as `rg -z` does it: no shell, no file name on its command line.
///
/// Who makes one must call ``finish()`` once, at the end of ``output`` or before it.
struct Decompressor {
    enum Input {
        case descriptor(Int32)
        case bytes([UInt8])
        case piped([UInt8], then: Int32)
    }

    struct Failure: Error {
        var message: String
    }

    /// The decompressed bytes come from here.
    let output: Int32
    private let process: pid_t
    private let format: Compression

    init(_ format: Compression, _ input: Input) throws(Failure) {
        self.format = format
        let results = try Self.makePipe()
        var feed: (read: Int32, write: Int32)?
        let inputDescriptor: Int32
        switch input {
        case .descriptor(let descriptor): inputDescriptor = descriptor
        case .bytes, .piped:
            let pipe = try Self.makePipe()
            feed = pipe
            inputDescriptor = pipe.read
        }
        let spawned = Self.spawn(format, stdin: inputDescriptor, stdout: results.write)
        FileAccess.close(results.write)
        if let feed { FileAccess.close(feed.read) }
        guard case .success(let process) = spawned else {
            FileAccess.close(results.read)
            if let feed { FileAccess.close(feed.write) }
            guard case .failure(let failure) = spawned else { throw Failure(message: "could not be started") }
            throw failure
        }
        self.process = process
        output = results.read
        guard let feed else { return }
        switch input {
        case .descriptor: break
        case .bytes(let bytes): Self.pour(bytes, then: nil, into: feed.write)
        case .piped(let head, let rest): Self.pour(head, then: rest, into: feed.write)
        }
    }

    /// Closes the output and waits. What was wrong, in words, or nil when the archive was whole.
    func finish() -> String? {
        FileAccess.close(output)
        guard let status = ProgramRun.wait(for: process), status != 0 else { return nil }
        if format == .gzip, status == 2 { return nil }  // a warning: garbage after the archive's end
        if status == 127 { return Self.missing(format) }
        return "the archive is torn or damaged (\(format.program) stopped); what came before the tear was read"
    }

    private static func missing(_ format: Compression) -> String {
        "\(format.program) is needed to read it and was not found: install \(format.program)"
    }

    private static func makePipe() throws(Failure) -> (read: Int32, write: Int32) {
        if let pipe = ProgramRun.makePipe() { return pipe }
        throw Failure(message: "no pipe could be made (\(String(cString: strerror(errno))))")
    }

    private static func spawn(_ format: Compression, stdin: Int32, stdout: Int32) -> Result<pid_t, Failure> {
        ProgramRun.start(format.program, format.arguments, stdin: stdin, stdout: stdout, stderr: nil).mapError {
            failure in
            if failure.code == ENOENT { return Failure(message: missing(format)) }
            return Failure(message: "\(format.program) could not be started (\(failure.reason))")
        }
    }

    /// Writes to the decompressor from a thread of its own: one thread doing both ends would wait on itself.
    private static func pour(_ bytes: [UInt8], then rest: Int32?, into descriptor: Int32) {
        Thread.detachNewThread {
            defer { FileAccess.close(descriptor) }
            #if canImport(Darwin)
                _ = fcntl(descriptor, F_SETNOSIGPIPE, 1)
            #else
                var pipeSignal = sigset_t()
                sigemptyset(&pipeSignal)
                sigaddset(&pipeSignal, SIGPIPE)
                pthread_sigmask(SIG_BLOCK, &pipeSignal, nil)
            #endif
            guard write(bytes, to: descriptor), let rest else { return }
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            while true {
                let count = buffer.withUnsafeMutableBytes { FileAccess.read(rest, $0) }
                guard count > 0, write(buffer.prefix(count), to: descriptor) else { return }
            }
        }
    }

    private static func write(_ bytes: some Collection<UInt8>, to descriptor: Int32) -> Bool {
        var remaining = Array(bytes)[...]
        while !remaining.isEmpty {
            let count = remaining.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                #elseif canImport(Musl)
                    Musl.write(descriptor, buffer.baseAddress, buffer.count)
                #else
                    Darwin.write(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            remaining = remaining.dropFirst(count)
        }
        return true
    }
}
