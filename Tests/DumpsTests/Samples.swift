import Foundation

@testable import Dumps

extension DumpValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }
    init(arrayLiteral elements: DumpValue...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, DumpValue)...) {
        self = .map(Dictionary(uniqueKeysWithValues: elements))
    }

    /// As JSON's dump writes it.
    var json: Any {
        switch self {
        case .none: NSNull()
        case .flag(let flag): flag
        case .integer(let number): number
        case .float(let number): number
        case .text(let text): text
        case .list(let items): items.map(\.json)
        case .map(let members): members.mapValues(\.json)
        }
    }
}

/// One rank's operations, written as a dump of version 2.
struct Recording {
    var rank: Int
    var groups: [(name: String, purpose: String, ranks: String)] = [("0", "default_pg", "[0, 1, 2, 3]")]
    var entries: [DumpValue] = []
    var status: DumpValue = [:]
    /// Counts on from here, as a ring that has forgotten what came before.
    var firstRecord = 0
    var version = "2.10"

    static func frames(_ function: String, _ file: String, _ line: Int) -> DumpValue {
        [
            [
                "name": "all_reduce",
                "filename": "/env/lib/python3.11/site-packages/torch/distributed/distributed_c10d.py", "line": 2696,
            ],
            [
                "name": "wrapper", "filename": "/env/lib/python3.11/site-packages/torch/distributed/c10d_logger.py",
                "line": 83,
            ],
            ["name": .text(function), "filename": .text(file), "line": .integer(line)],
            ["name": "<module>", "filename": "/srv/train.py", "line": 400],
        ]
    }

    mutating func add(
        _ sequence: Int, _ state: String = "completed", _ operation: String = "all_reduce", group: Int = 0,
        at time: Int = 0, size: [DumpValue] = [1024], type: String = "Float", pair: Bool = false,
        frames: DumpValue = Recording.frames("train_step", "/srv/train.py", 120)
    ) {
        let process = groups[group]
        entries.append([
            "frames": frames, "record_id": .integer(firstRecord + entries.count), "pg_id": .integer(group),
            "process_group": [.text(process.name), .text(process.purpose)],
            "collective_seq_id": .integer(pair ? 0 : sequence), "p2p_seq_id": .integer(pair ? sequence : 0),
            "op_id": .integer(sequence), "profiling_name": .text("nccl:" + operation),
            "time_created_ns": .integer(1_795_000_000_000_000_000 + time * 1_000_000_000),
            "input_sizes": [.list(size)], "output_sizes": [.list(size)], "input_dtypes": [.text(type)],
            "output_dtypes": [.text(type)], "state": .text(state), "retired": .flag(state == "completed"),
            "time_discovered_started_ns": .none, "timeout_ms": 600_000, "is_p2p": .flag(pair),
        ])
    }

    var value: DumpValue {
        let config = groups.map {
            ($0.name, ["name": .text($0.name), "desc": .text($0.purpose), "ranks": .text($0.ranks)] as DumpValue)
        }
        return [
            "version": .text(version), "nccl_version": "2.26.2", "entries": .list(entries), "pg_status": status,
            "pg_config": .map(Dictionary(uniqueKeysWithValues: config)),
        ]
    }

    var bytes: [UInt8] { Pickler.bytes(of: value, sharing: entries.compactMap { $0["frames"] }) }

    func dump() throws -> FlightRecorderDump {
        try FlightRecorderDump(bytes: bytes, name: "/tmp/nccl_trace_rank_\(rank)")
    }
}

/// Ranks of one run, each changed by `change` after `count` completed collectives.
func run(ranks: Range<Int> = 0..<4, count: Int = 3, _ change: (inout Recording) -> Void) throws -> CollectiveComparison
{
    CollectiveComparison(
        try ranks.map { rank in
            var recording = Recording(rank: rank)
            recording.groups[0].ranks = "[" + ranks.map(String.init).joined(separator: ", ") + "]"
            for sequence in 0..<count { recording.add(sequence + 1, at: sequence) }
            change(&recording)
            return try recording.dump()
        })
}
