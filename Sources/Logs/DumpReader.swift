public import CrashModel
public import Dumps

/// Reads what a rank's flight recorder wrote when a collective hung.
public struct DumpReader: Sendable {
    /// Dumps hold some thousand collectives; what is longer than this is something else.
    static let longest = 64 << 20

    public init() {}

    /// The dump, or an account of why it could not be read.
    public func read(_ input: LogInput) -> (dump: FlightRecorderDump?, report: InputReport) {
        var report = InputReport(source: input.source, kind: .training)
        do {
            let bytes = try bytes(of: input)
            report.bytes = bytes.count
            return (try FlightRecorderDump(bytes: bytes, name: input.source), report)
        } catch {
            report.complete = false
            report.problem = Self.words(error)
            return (nil, report)
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let problem as ByteStream.Problem: problem.message
        case let dump as DumpError: "is no readable flight recorder dump: \(dump.problem)"
        default: "\(error)"
        }
    }

    private func bytes(of input: LogInput) throws(ByteStream.Problem) -> [UInt8] {
        var stream = try ByteStream(input.location, name: input.source)
        defer { stream.close() }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: ByteStream.chunkSize)
        while true {
            let got = try Self.fill(&chunk, from: &stream)
            if got == 0 { return bytes }
            bytes += chunk[..<got]
            if bytes.count > Self.longest {
                throw ByteStream.Problem(
                    message: "\(input.source): longer than any flight recorder dump (\(Self.longest >> 20) MiB)")
            }
        }
    }

    private static func fill(_ chunk: inout [UInt8], from stream: inout ByteStream) throws(ByteStream.Problem) -> Int {
        let result = chunk.withUnsafeMutableBytes { buffer -> Result<Int, ByteStream.Problem> in
            do throws(ByteStream.Problem) {
                return .success(try stream.read(into: buffer))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
