/// What a file's name and its first bytes say about it being a flight recorder's dump.
enum DumpName {
    /// `TORCH_FR_DUMP_TEMP_FILE`'s default and its predecessors', for the libraries in NCCL's place too.
    private static let wellKnown = [
        "nccl_trace", "comm_lib_trace", "hccl_trace", "xccl_trace", "rccl_trace", "cncl_trace", "flight_recorder",
        "fr_trace",
    ]

    /// Keys at the start of a dump; two of them are hardly there by accident.
    private static let keys = [
        "entries", "pg_config", "pg_status", "nccl_version", "comm_lib_version", "nccl_comm_state", "record_id",
        "profiling_name", "collective_seq_id", "seq_id", "pg_id",
    ]

    static func isLikely(name: String, head: [UInt8]) -> Bool {
        let start = head.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        let isPickle = start == 0x80 && head.count > 1 && (2...5).contains(head[1])
        guard isPickle || start == UInt8(ascii: "{") || start == UInt8(ascii: "[") else { return false }
        let file = (name.split(separator: "/").last.map(String.init) ?? name).lowercased()
        if wellKnown.contains(where: file.contains) { return true }
        let text = String(decoding: head.prefix(8192), as: UTF8.self)
        return keys.count(where: { text.contains(isPickle ? $0 : "\"\($0)\"") }) >= 2
    }

    /// The rank in `nccl_trace_rank_3`, `fr_rank3.json`, `trace_3.pkl`: after the word, or else the last number.
    static func rank(in name: String) -> Int? {
        let file = (name.split(separator: "/").last.map(String.init) ?? name).lowercased()
        var rest = Substring(file)
        var stated: Int?
        while let word = rest.firstRange(of: "rank") {
            rest = rest[word.upperBound...]
            let digits = rest.drop { "_-.=".contains($0) }.prefix { $0.isASCII && $0.isNumber }
            stated = number(digits) ?? stated
        }
        if let stated { return stated }
        var stem = Substring(file)
        while let dot = stem.lastIndex(of: "."), !stem[dot...].dropFirst().allSatisfy({ $0.isASCII && $0.isNumber }) {
            stem = stem[..<dot]
        }
        return number(Substring(String(stem.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())))
    }

    private static func number(_ digits: Substring) -> Int? {
        digits.count <= 6 ? Int(digits) : nil
    }
}
