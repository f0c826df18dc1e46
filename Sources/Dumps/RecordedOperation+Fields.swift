extension RecordedOperation {
    /// Takes an entry's fields apart, or returns `nil` when it has no sequence number.
    init?(_ fields: DumpValue) {
        let profilingName = fields["profiling_name"]?.text ?? ""
        // `nccl:all_reduce`; a library without profiling (HCCL) leaves it empty.
        let bare = profilingName.split(separator: ":", maxSplits: 1).last.map(String.init) ?? ""
        operation = bare.isEmpty ? "collective" : String(bare.prefix(120))
        isPointToPoint = fields["is_p2p"]?.flag ?? (bare.hasPrefix("send ") || bare.hasPrefix("recv "))
        let own = isPointToPoint ? fields["p2p_seq_id"]?.integer : nil
        guard let sequence = own ?? (fields["collective_seq_id"] ?? fields["seq_id"])?.integer else { return nil }
        self.sequence = sequence
        recordID = fields["record_id"]?.integer
        groupID = fields["pg_id"]?.integer
        let group = fields["process_group"]
        groupName =
            group?.list?.first?.text ?? group?.text ?? fields["pg_name"]?.text ?? groupID.map(String.init) ?? "0"
        groupPurpose = (group?.list?.dropFirst().first?.text).map { String($0.prefix(120)) } ?? ""
        state = fields["state"]?.text.flatMap(State.init) ?? .scheduled
        inputSizes = Self.sizes(fields["input_sizes"])
        outputSizes = Self.sizes(fields["output_sizes"])
        inputTypes = fields["input_dtypes"]?.list?.compactMap(\.text) ?? []
        outputTypes = fields["output_dtypes"]?.list?.compactMap(\.text) ?? []
        created =
            fields["time_created_ns"]?.integer
            ?? fields["time_created_us"]?.integer.flatMap {
                let (time, overflow) = $0.multipliedReportingOverflow(by: 1000)
                return overflow ? nil : time
            }
        timeout = fields["timeout_ms"]?.integer
        place = Self.place(fields["frames"])
    }

    private static func sizes(_ value: DumpValue?) -> [[Int]] {
        (value?.list ?? []).map { ($0.list ?? []).compactMap(\.integer) }
    }

    /// The first frame outside PyTorch; frames come innermost first.
    private static func place(_ frames: DumpValue?) -> CodePlace? {
        for frame in frames?.list ?? [] {
            guard let file = frame["filename"]?.text, let function = frame["name"]?.text else { continue }
            let place = CodePlace(function: function, file: file, line: frame["line"]?.integer)
            // C++ frames (`TORCH_NCCL_TRACE_CPP_STACK`) and Python's own stand in between.
            if place.isCaller { return place }
        }
        return nil
    }

    /// Sender and receiver of `send 0->1` and `recv 1<-0`, as ranks in the group.
    var peers: (source: Int, destination: Int)? {
        let words = operation.split(separator: " ")
        guard words.count == 2 else { return nil }
        let arrow = words[0] == "send" ? "->" : words[0] == "recv" ? "<-" : ""
        guard !arrow.isEmpty, let range = words[1].firstRange(of: arrow),
            let left = Int(words[1][..<range.lowerBound]), let right = Int(words[1][range.upperBound...])
        else { return nil }
        return arrow == "->" ? (left, right) : (right, left)
    }
}

extension ProcessGroup {
    /// A member of `pg_config`: `"0": {"name": "0", "desc": "default_pg", "ranks": "[0, 1]"}`.
    init?(key: String, value: DumpValue) {
        let numbers: [Int]
        switch value["ranks"] {
        case .text(let text):
            numbers = text.split(whereSeparator: { "[], ".contains($0) }).compactMap { Int($0) }
        case .list(let items): numbers = items.compactMap(\.integer)
        default: return nil
        }
        self.init(
            name: value["name"]?.text ?? key, purpose: String((value["desc"]?.text ?? "").prefix(120)),
            ranks: Set(numbers.filter { (0..<1 << 24).contains($0) }).sorted())
    }
}
