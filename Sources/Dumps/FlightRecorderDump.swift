/// A dump of PyTorch's flight recorder: the last collectives that one process took part in.
///
/// Written beside the logs when a collective times out (`TORCH_NCCL_DUMP_ON_TIMEOUT`, `TORCH_FR_BUFFER_SIZE`, formerly
/// `TORCH_NCCL_TRACE_BUFFER_SIZE`) as `nccl_trace_rank_3` or `comm_lib_trace_rank_3`, a pickle, or as JSON by hand.
/// The fields are those of torch/csrc/distributed/c10d/FlightRecorderDetail.hpp (`getCollectiveTrace`, `dump_dict`,
/// `dump_json`), versions 2.x; before them 1.x, and a bare list of entries (NCCLUtils.hpp, PyTorch 2.2).
/// Texts come from the dumped process and are not cleaned.
public struct FlightRecorderDump: Sendable {
    /// The file's name, as given.
    public let name: String
    /// The global rank: PyTorch puts it in the file's name alone. `nil` when neither says it.
    public let rank: Int?
    /// The format's version, such as `2.10`; empty in the oldest.
    public let version: String
    /// The version of NCCL or of the library in its place.
    public let library: String?
    /// The groups that this process belongs to, as far as the dump names their members.
    public let groups: [ProcessGroup]
    /// From the oldest to the newest: the recorder's ring forgets what came before.
    public let entries: [RecordedOperation]
    /// What the process knew of its groups apart from the ring, by `RecordedOperation.groupID`.
    let statuses: [Int: GroupStatus]

    /// Whether the ring has forgotten operations.
    var isOverwritten: Bool {
        guard let first = entries.first else { return false }
        // Record numbers begin at 0; where there are none, a sequence begins at 0 or 1.
        return first.recordID.map { $0 > 0 } ?? (first.sequence > 1)
    }

    /// Reads a dump, a pickle or JSON, and runs nothing.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - name: the file's name or path; the rank is read from it.
    /// - Throws: `DumpError` when the bytes are damaged, hostile, or something else.
    public init(bytes: [UInt8], name: String) throws(DumpError) {
        do {
            try self.init(value: Self.value(of: bytes), name: name)
        } catch {
            throw DumpError(name: name, problem: error)
        }
    }

    private static func value(of bytes: [UInt8]) throws(DumpProblem) -> DumpValue {
        switch bytes.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) {
        case nil: throw .empty
        case UInt8(ascii: "{"), UInt8(ascii: "["): return try DumpJSON.value(of: bytes)
        default: return try Unpickler.value(of: bytes)
        }
    }

    private init(value: DumpValue, name: String) throws(DumpProblem) {
        let fields = value.map ?? [:]
        // The oldest dump is a list of entries; JSON leaves `entries` out when there are none.
        let entries = value.list ?? fields["entries"]?.list
        guard entries != nil || fields["pg_config"] != nil || fields["pg_status"] != nil else {
            throw .notADump("no entries and no process groups")
        }
        let operations = (entries ?? []).compactMap(RecordedOperation.init)
        if let entries, !entries.isEmpty, operations.isEmpty { throw .notADump("entries without a sequence number") }
        self.name = name
        self.entries = operations
        rank =
            (fields["rank"] ?? fields["global_rank"])?.integer.flatMap { (0..<1 << 24).contains($0) ? $0 : nil }
            ?? DumpName.rank(in: name)
        version = fields["version"]?.text ?? ""
        library = (fields["comm_lib_version"] ?? fields["nccl_version"])?.text
        groups = (fields["pg_config"]?.map ?? [:]).sorted { $0.key < $1.key }.compactMap(ProcessGroup.init)
        var statuses: [Int: GroupStatus] = [:]
        for (id, status) in fields["pg_status"]?.map ?? [:] {
            guard let id = Int(id) else { continue }
            statuses[id] = GroupStatus(
                lastEnqueued: status["last_enqueued_collective"]?.integer,
                lastStarted: status["last_started_collective"]?.integer,
                lastCompleted: status["last_completed_collective"]?.integer)
        }
        self.statuses = statuses
    }

    /// Whether a file may be such a dump, by its name and its first bytes (some kilobytes are enough).
    public static func isLikely(name: String, head: [UInt8]) -> Bool {
        DumpName.isLikely(name: name, head: head)
    }
}

/// A process group and its members.
public struct ProcessGroup: Equatable, Hashable, Sendable {
    /// PyTorch's own name: a number, or a hash of the ranks.
    public let name: String
    /// What the program calls it: `default_pg`, `mesh_tp`; empty or `undefined` when it says nothing.
    public let purpose: String
    /// Global ranks, ascending.
    public let ranks: [Int]

    /// The purpose, or else the name.
    public var label: String { purpose.isEmpty || purpose == "undefined" ? name : purpose }
}

/// The last sequence numbers of a group; -1 before the first.
struct GroupStatus: Equatable, Sendable {
    let lastEnqueued: Int?
    let lastStarted: Int?
    let lastCompleted: Int?
}

/// One collective, or one send or receive, as one process recorded it.
public struct RecordedOperation: Equatable, Sendable {
    public enum State: String, Comparable, Sendable {
        /// Enqueued by the program. Where timing is off, this also covers `started`.
        case scheduled, started, completed

        public static func < (one: State, other: State) -> Bool { one.order < other.order }

        private var order: Int { self == .scheduled ? 0 : self == .started ? 1 : 2 }
    }

    /// Counts the process's records from 0.
    public let recordID: Int?
    /// The group's number in this process; other processes may number it otherwise.
    public let groupID: Int?
    public let groupName: String
    public let groupPurpose: String
    /// The collective's number in its group, the same on all ranks; of a send or receive the number of this process.
    public let sequence: Int
    /// `all_reduce`, `_all_gather_base`, `send 0->1`: the name without its library.
    public let operation: String
    public let isPointToPoint: Bool
    public let state: State
    /// Shapes of the tensors.
    public let inputSizes: [[Int]]
    public let outputSizes: [[Int]]
    /// `Float`, `BFloat16`; empty before version 2.
    public let inputTypes: [String]
    public let outputTypes: [String]
    /// When the program enqueued it, in nanoseconds since 1970 by the machine's clock.
    public let created: Int?
    /// Milliseconds until it counts as stuck.
    public let timeout: Int?
    /// The innermost frame outside PyTorch, where stacks were recorded.
    public let place: CodePlace?
}
