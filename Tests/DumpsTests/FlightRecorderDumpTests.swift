import Foundation
import Testing

@testable import Dumps

struct FlightRecorderDumpTests {
    private static func recording() -> Recording {
        var recording = Recording(rank: 3)
        recording.status = [
            "0": ["last_enqueued_collective": 2, "last_started_collective": -1, "last_completed_collective": 1]
        ]
        recording.add(1)
        recording.add(2, "scheduled", "all_gather", at: 5, size: [8, 4], type: "BFloat16")
        return recording
    }

    @Test("A pickled dump tells its rank, groups and operations")
    func pickle() throws {
        let dump = try Self.recording().dump()
        #expect(dump.rank == 3)
        #expect(dump.version == "2.10")
        #expect(dump.library == "2.26.2")
        #expect(dump.groups == [ProcessGroup(name: "0", purpose: "default_pg", ranks: [0, 1, 2, 3])])
        #expect(dump.statuses == [0: GroupStatus(lastEnqueued: 2, lastStarted: -1, lastCompleted: 1)])
        #expect(dump.entries.count == 2)
        let last = try #require(dump.entries.last)
        #expect(last.operation == "all_gather")
        #expect(last.sequence == 2)
        #expect(last.state == .scheduled)
        #expect(last.inputSizes == [[8, 4]])
        #expect(last.outputTypes == ["BFloat16"])
        #expect(last.created == 1_795_000_005_000_000_000)
        #expect(last.timeout == 600_000)
        #expect(last.place == CodePlace(function: "train_step", file: "/srv/train.py", line: 120))
        #expect(last.place?.description == "train_step (train.py:120)")
    }

    @Test("The JSON variant reads as the pickle does, but for what it writes otherwise")
    func json() throws {
        let recording = Self.recording()
        var object = try #require(recording.value.json as? [String: Any])
        // The JSON dump states these as text. (getPgStatusJson)
        object["pg_status"] = [
            "0": ["last_enqueued_collective": "2", "last_started_collective": "-1", "last_completed_collective": "1"]
        ]
        let data = try JSONSerialization.data(withJSONObject: object)
        let dump = try FlightRecorderDump(bytes: [0x0a] + Array(data), name: "fr_trace_rank3.json")
        let pickled = try recording.dump()
        #expect(dump.rank == 3)
        #expect(dump.entries == pickled.entries)
        #expect(dump.groups == pickled.groups)
        #expect(dump.statuses == pickled.statuses)
    }

    @Test("JSON as nlohmann writes it: whole nanoseconds, truth values, no entries")
    func literalJSON() throws {
        let text = #"""
            {"comm_lib_version":"2.27.3","entries":[{"collective_seq_id":7,"input_dtypes":["Float"],"input_sizes":[[3,4]],
            "is_p2p":false,"op_id":7,"output_dtypes":["Float"],"output_sizes":[[3,4]],"p2p_seq_id":1,"pg_id":0,
            "process_group":["0","default_pg"],"profiling_name":"nccl:all_reduce","record_id":6,"retired":true,
            "state":"started","time_created_ns":1724779239936775119,"time_discovered_completed_ns":0,
            "time_discovered_started_ns":0,"timeout_ms":600000},
            {"collective_seq_id":7,"is_p2p":true,"p2p_seq_id":9,"profiling_name":"nccl:send 0->1","state":"scheduled"}],
            "pg_config":{"0":{"desc":"default_pg","name":"0","ranks":"[0,1]"}},"pg_status":{},"version":"2.10"}
            """#
        let dump = try FlightRecorderDump(bytes: Array(text.utf8), name: "trace")
        #expect(dump.rank == nil)
        #expect(dump.entries[0].created == 1_724_779_239_936_775_119)
        #expect(dump.entries[0].state == .started)
        #expect(!dump.entries[0].isPointToPoint)
        #expect(dump.entries[1].isPointToPoint)
        #expect(dump.entries[1].sequence == 9)
        #expect(dump.entries[1].peers?.source == 0)
        let empty = #"{"pg_config":{},"pg_status":{},"version":"2.10"}"#
        #expect(try FlightRecorderDump(bytes: Array(empty.utf8), name: "x").entries.isEmpty)
    }

    @Test("Version 1 has one sequence number, microseconds and no groups; the oldest is a bare list")
    func old() throws {
        let entry: DumpValue = [
            "pg_id": 2, "seq_id": 41, "profiling_name": "nccl:all_reduce", "time_created_us": 1_700_000_000_000_001,
            "input_sizes": [[3]], "output_sizes": [[3]], "state": "started", "retired": false,
            "frames": Recording.frames("step", "/w/t.py", 3),
        ]
        for value in [[entry], ["entries": [entry], "version": "1.0"]] as [DumpValue] {
            let dump = try FlightRecorderDump(bytes: Pickler.bytes(of: value), name: "nccl_trace_rank_1")
            #expect(dump.rank == 1)
            let read = try #require(dump.entries.first)
            #expect(read.sequence == 41)
            #expect(read.created == 1_700_000_000_000_001_000)
            #expect(read.groupName == "2")
            #expect(read.inputTypes.isEmpty)
            #expect(read.place?.function == "step")
            #expect(dump.isOverwritten)
        }
    }

    @Test(
        "A file's name tells the rank",
        arguments: [
            ("/tmp/nccl_trace_rank_3", 3), ("comm_lib_trace_rank_17", 17), ("x/nccl_trace_rank3.json", 3),
            ("trace_3", 3), ("trace_12.pkl", 12), ("fr-Rank-5.pickle.gz", 5), ("rank_0_dump_2024", 0), ("0", 0),
            ("node1_rank_9.json", 9), ("nccl_trace", nil), ("rank", nil), ("", nil),
            ("trace_99999999999999999999", nil),
            ("job7/nccl_trace.json", nil),
        ] as [(String, Int?)])
    func rank(_ name: String, _ rank: Int?) {
        #expect(DumpName.rank(in: name) == rank)
    }

    @Test("A dump's own statement of its rank counts before the name's")
    func statedRank() throws {
        let dump = try FlightRecorderDump(bytes: Pickler.bytes(of: ["entries": [], "rank": 6]), name: "trace_rank_1")
        #expect(dump.rank == 6)
    }

    @Test("Likely dumps are told by name and first bytes")
    func likely() {
        let pickle = Self.recording().bytes
        let json = Array(#" {"comm_lib_version":"2.27","entries":[{"record_id":1"#.utf8)
        #expect(FlightRecorderDump.isLikely(name: "x.bin", head: Array(pickle.prefix(4096))))
        #expect(FlightRecorderDump.isLikely(name: "x", head: json))
        #expect(FlightRecorderDump.isLikely(name: "a/nccl_trace_rank_0", head: [0x80, 2, 0x7d]))
        #expect(FlightRecorderDump.isLikely(name: "x", head: PythonPickles.dump[5] ?? []))
        #expect(!FlightRecorderDump.isLikely(name: "nccl_trace_rank_0", head: Array("NCCL INFO".utf8)))
        #expect(!FlightRecorderDump.isLikely(name: "model.pkl", head: PythonPickles.odd[4] ?? []))
        #expect(!FlightRecorderDump.isLikely(name: "log.jsonl", head: Array(#"{"entries": 3, "loss": 1}"#.utf8)))
        #expect(!FlightRecorderDump.isLikely(name: "", head: []))
    }

    @Test(
        "What is no dump is refused with the file's name",
        arguments: [
            ([], .empty), (Array(" \n".utf8), .empty), (Array("NCCL INFO".utf8), .neitherPickleNorJSON),
            ([0x80, 2, 0x4e, 0x2e], .notADump("no entries and no process groups")),
            (Array("{}".utf8), .notADump("no entries and no process groups")),
            (Array("[{}]".utf8), .notADump("entries without a sequence number")),
            ([0x80, 9], .malformed("pickle protocol 9", offset: 1)),
        ] as [([UInt8], DumpProblem)])
    func refused(_ bytes: [UInt8], _ problem: DumpProblem) {
        #expect(throws: DumpError(name: "f", problem: problem)) { try FlightRecorderDump(bytes: bytes, name: "f") }
    }

    @Test(
        "Bad JSON is refused",
        arguments: [
            "{", "{\"entries\":[", "{\"entries\": nul}", "[" + String(repeating: "[", count: 2000),
            String(repeating: "[", count: 100) + String(repeating: "]", count: 100), "{\"entries\":\"\u{0}",
        ])
    func badJSON(_ text: String) {
        #expect(throws: DumpError.self) { try FlightRecorderDump(bytes: Array(text.utf8), name: "f") }
    }

    @Test("Fields of the wrong kind are passed over")
    func wrongKinds() throws {
        let wrong: [DumpValue] = [.none, true, -1, .integer(.min), .float(.nan), "x", [], [[1]], [:], ["a": 1]]
        for wrong in wrong {
            var recording = Self.recording()
            for key in recording.entries[0].map?.keys.sorted() ?? [] {
                guard var fields = Self.recording().entries[0].map else { continue }
                fields[key] = wrong
                recording.entries[0] = .map(fields)
                let dump = try recording.dump()
                _ = CollectiveComparison([dump]).summary
            }
            let config: DumpValue = [
                "entries": [], "pg_config": ["0": wrong, "1": ["ranks": wrong]], "pg_status": ["0": wrong],
                "version": wrong, "rank": wrong,
            ]
            _ = try FlightRecorderDump(bytes: Pickler.bytes(of: config), name: "f")
        }
    }
}
