internal import CArchive
internal import Foundation

/// How a bundle is compressed.
public enum BundleCompression: Sendable, Hashable {
    case gzip, zstd

    /// What the name of a file asks for; nil for a name that is no bundle's.
    public init?(file: String) {
        let name = file.lowercased()
        if name.hasSuffix(".tar.zst") || name.hasSuffix(".tzst") {
            self = .zstd
        } else if name.hasSuffix(".tar.gz") || name.hasSuffix(".tgz") {
            self = .gzip
        } else {
            return nil
        }
    }
}

/// libarchive, which writes and reads the archive and knows the hash.
public struct TarLibrary {
    #if canImport(Darwin)
        public static let usualNames = ["/usr/lib/libarchive.2.dylib", "libarchive.2.dylib", "libarchive.dylib"]
    #else
        public static let usualNames = ["libarchive.so.13"]
    #endif

    private var library = tar_library()

    public init(names: [String] = usualNames) throws(BundleError) {
        guard names.contains(where: { tar_library_open(&library, $0) == 0 }) else { throw .libraryMissing }
    }

    /// One file of an archive.
    struct Entry: Hashable {
        var path: String
        var bytes: [UInt8]
    }

    /// 64 hexadecimal digits.
    func sha256(_ bytes: [UInt8]) throws(BundleError) -> String {
        var digits = [CChar](repeating: 0, count: TAR_SHA256 + 1)
        let result = withUnsafePointer(to: library) { library in
            bytes.withUnsafeBytes { tar_sha256(library, $0.baseAddress, $0.count, &digits) }
        }
        guard result == TAR_OK else { throw .unable("it was built without SHA-256") }
        return String(decoding: digits.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The archive; nil when it would be larger than `most`.
    ///
    /// - Parameter time: Of all files, in seconds after 1970.
    func pack(
        _ entries: [Entry], _ compression: BundleCompression, time: Int64, most: Int
    ) throws(BundleError) -> [UInt8]? {
        var problem: String?
        var isFull = false
        let bytes = withUnsafePointer(to: library) { library in
            // The library keeps the address of the writer.
            withUnsafeTemporaryAllocation(of: tar_writer.self, capacity: 1) { place in
                [UInt8](unsafeUninitializedCapacity: most) { room, count in
                    place.initialize(repeating: tar_writer())
                    let writer = place.baseAddress
                    let kind = compression == .gzip ? TAR_GZIP : TAR_ZSTD
                    var isGoing = tar_writer_begin(writer, library, kind, room.baseAddress, room.count) == TAR_OK
                    if !isGoing { problem = Self.words(of: place[0].problem) }
                    for entry in entries where isGoing {
                        isGoing = entry.bytes.withUnsafeBytes {
                            tar_writer_add(writer, entry.path, time, $0.baseAddress, $0.count) == TAR_OK
                        }
                    }
                    let isClosed = tar_writer_finish(writer) == TAR_OK
                    isFull = !isGoing || !isClosed
                    count = isFull ? 0 : min(place[0].used, room.count)
                }
            }
        }
        if let problem { throw .unable(problem) }
        return isFull ? nil : bytes
    }

    /// The files of an archive, in memory. An entry that is neither a file nor a folder ends it.
    ///
    /// - Parameter first: Reads no contents, and no more than this many entries.
    func unpack(
        _ packed: [UInt8], _ limits: BundleLimits, first: Int? = nil
    ) throws(BundleError) -> [Entry] {
        do {
            return try withUnsafePointer(to: library) { library in
                try packed.withUnsafeBytes { packed in
                    var reader = tar_reader()
                    defer { tar_reader_finish(&reader) }
                    let result = tar_reader_begin(&reader, library, packed.baseAddress, packed.count)
                    if result == TAR_UNABLE { throw BundleError.unable(Self.words(of: reader.problem)) }
                    if result != TAR_OK { throw BundleError.damaged(Self.words(of: reader.problem)) }
                    return try Self.entries(&reader, limits, first: first)
                }
            }
        } catch let error as BundleError {
            throw error
        } catch {
            throw .damaged("\(error)")
        }
    }

    private static func entries(
        _ reader: inout tar_reader, _ limits: BundleLimits, first: Int?
    ) throws(BundleError) -> [Entry] {
        var entries: [Entry] = []
        var paths: Set<String> = []
        var count = 0
        var total = 0
        while first.map({ count < $0 }) ?? true {
            let result = tar_reader_next(&reader)
            if result == TAR_END { break }
            guard result == TAR_OK else { throw .damaged(words(of: reader.problem)) }
            count += 1
            if count > limits.entries { throw .tooLarge("the number of its files", most: limits.entries) }
            let path = try path(of: reader)
            switch reader.kind {
            case TAR_REGULAR: break
            case TAR_FOLDER where reader.size <= 0: continue
            case TAR_LINK: throw .refused(path, "is a link")
            default: throw .refused(path, "is no regular file")
            }
            guard paths.insert(path).inserted else { throw .refused(path, "stands in it twice") }
            let most = min(limits.file, limits.content - total)
            if reader.size > most { throw .tooLarge("'\(path)'", most: most) }
            let bytes = first == nil ? try contents(&reader, path, most: most) : []
            total += bytes.count
            entries.append(Entry(path: path, bytes: bytes))
        }
        return entries
    }

    /// A plain path, without the `./` that tar puts before those of a folder.
    private static func path(of reader: tar_reader) throws(BundleError) -> String {
        guard let name = reader.path else { throw .refused("(a name that cannot be told)", "is no plain name") }
        let stated = String(cString: name)
        var path = stated[...]
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        if reader.kind == TAR_FOLDER, path.hasSuffix("/") { path = path.dropLast() }
        if reader.kind == TAR_FOLDER, path.isEmpty { return "." }
        guard BundlePath.isPlain(String(path)) else { throw .refused(stated, "is no plain path") }
        return String(path)
    }

    private static func contents(
        _ reader: inout tar_reader, _ path: String, most: Int
    ) throws(BundleError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { tar_reader_read(&reader, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            guard count > 0 else { throw .damaged(words(of: reader.problem)) }
            // Whatever size it states.
            if bytes.count + count > most { throw .tooLarge("'\(path)'", most: most) }
            bytes += chunk[..<count]
        }
    }

    private static func words<Tuple>(of problem: Tuple) -> String {
        withUnsafeBytes(of: problem) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
