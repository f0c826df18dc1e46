import Foundation

/// Where a text stands that nobody is to see: an address with a key in it, a token.
///
/// Its value is read when it is used, and shown nowhere: a description says where it comes from.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    enum Origin: Sendable, Hashable {
        case literal(String)
        case environment(String)
        case file(String)
    }

    let origin: Origin
    /// Such as `Bearer `.
    let prefix: String

    init(_ origin: Origin, prefix: String = "") {
        self.origin = origin
        self.prefix = prefix
    }

    /// The most bytes of one, as of a header in most servers.
    static let longest = 8192

    public var isLiteral: Bool { if case .literal = origin { true } else { false } }

    public var description: String {
        switch origin {
        case .literal: "what the configuration says"
        case .environment(let name): "the environment variable \(name)"
        case .file(let path): "the file \(path)"
        }
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(reflecting: description) }

    /// - Parameter environment: Of the process.
    func value(environment: [String: String]) throws(NotifyError) -> String {
        let text: String
        switch origin {
        case .literal(let literal): text = literal
        case .environment(let name):
            guard let value = environment[name], !value.isEmpty else {
                throw NotifyError(
                    "\(self) is not set. A timer has an environment of its own: in a systemd unit say "
                        + "EnvironmentFile=, or keep it in a file and name that with 'file:'")
            }
            text = value
        case .file(let path): text = try Self.read(path)
        }
        // Editors end a file with a line break.
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else { throw NotifyError("\(self) is empty") }
        // A line break in a header would begin another.
        guard trimmed.utf8.count <= Self.longest,
            trimmed.unicodeScalars.allSatisfy({ $0.value > 31 && $0.value != 127 })
        else { throw NotifyError("\(self) must hold one line of at most \(Self.longest) bytes") }
        return prefix + trimmed
    }

    private static func read(_ path: String) throws(NotifyError) -> String {
        // Not to wait for a pipe that nobody writes into.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw NotifyError("the file \(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            throw NotifyError("the file \(path) is no regular file")
        }
        var bytes = [UInt8](repeating: 0, count: longest + 2)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw NotifyError("the file \(path) cannot be read") }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

/// What must not stand in any output, and takes it out of a text that came from elsewhere.
struct SecretsInUse {
    private var values: [String] = []

    /// - Parameter address: Of its parts those that can be a key.
    mutating func add(address: String) {
        values.append(address)
        guard let parts = URLComponents(string: address) else { return }
        let pieces =
            parts.percentEncodedPath.split(separator: "/").map(String.init)
            + (parts.queryItems ?? []).compactMap(\.value)
            + [parts.user, parts.password, parts.fragment].compactMap(\.self)
        values += pieces + pieces.compactMap(\.removingPercentEncoding)
    }

    mutating func add(_ value: String) {
        values.append(value)
        values += value.split(separator: " ").map(String.init)
    }

    func hidden(in text: String) -> String {
        var text = text
        // Short pieces, such as `v1`, are no keys.
        for value in Set(values).sorted(by: { $0.count > $1.count }) where value.count >= 6 {
            text = text.replacingOccurrences(of: value, with: "[hidden]", options: [.caseInsensitive, .literal])
        }
        return text
    }
}
