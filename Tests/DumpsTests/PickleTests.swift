import Foundation
import Testing

@testable import Dumps

struct PickleTests {
    @Test("Python's own pickles of a dump are read alike in every protocol", arguments: 2...5)
    func python(_ version: Int) throws {
        let dump = try Unpickler.value(of: try #require(PythonPickles.dump[version]))
        #expect(dump["version"] == "2.5")
        #expect(dump["pg_config"]?["0"]?["ranks"] == "[0, 1]")
        #expect(dump["pg_status"]?["0"]?["last_started_collective"] == -1)
        let entries = try #require(dump["entries"]?.list)
        #expect(entries.count == 2)
        #expect(entries[1]["process_group"] == ["0", "default_pg"])
        #expect(entries[1]["time_created_ns"] == 1_724_779_239_936_775_120)
        #expect(entries[1]["input_sizes"] == [[3, 4]])
        #expect(entries[1]["frames"]?.list?.last?["line"] == 120)
        #expect(entries[1]["duration_ms"] == .float(0.5))
        #expect(entries[1]["retired"] == false)
        #expect(entries[1]["time_discovered_started_ns"] == DumpValue.none)
    }

    @Test("Every kind of plain value is read", arguments: 2...5)
    func odd(_ version: Int) throws {
        let values: DumpValue
        do {
            values = try Unpickler.value(of: try #require(PythonPickles.odd[version]))
        } catch DumpProblem.forbidden(let opcode, _) {
            // Protocol 2 has no bytes, and writes a call in their place.
            #expect(opcode == "GLOBAL _codecs.encode" && version == 2)
            return
        }
        let expected: DumpValue = [
            0, 1, -1, 255, 256, 65535, 65536, .integer(-1 << 31), .integer(1 << 31), .integer(.max), .integer(.min),
            .float(0x1p64), .float(-0x1p70), true, false, .none, .float(0.1), .float(-1e300), "", "é🦊",
            .text(String(repeating: "x", count: 300)), [], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4], [], [[]], [:],
            ["1": 2], "ab", [.none, .none, .none],
        ]
        #expect(values == expected)
    }

    @Test("What PyTorch's pickler writes comes back")
    func cPlusPlus() throws {
        var recording = Recording(rank: 0)
        for sequence in 0..<300 { recording.add(sequence, at: sequence) }
        #expect(try Unpickler.value(of: recording.bytes) == recording.value)
    }

    static let wrapped: [(program: String, value: DumpValue)] = [
        ("ctorch.jit._pickle\nbuild_intlist\nq\u{0}(](K\u{1}K\u{2}etR", [1, 2]),
        ("ctorch.jit._pickle\nrestore_type_tag\nq\u{0}](K\u{7}eX\u{9}\u{0}\u{0}\u{0}List[int]q\u{1}\u{86}R", [7]),
        ("ctorch.jit._pickle\nbuild_boollist\nq\u{0}(](\u{88}etR(h\u{0}1", [true]),
    ]

    @Test("The typed lists and type tags of PyTorch's pickler are what they wrap", arguments: wrapped)
    func harmless(_ program: String, _ value: DumpValue) throws {
        #expect(try Unpickler.value(of: Self.pickle(program)) == value)
    }

    /// Characters stand for bytes.
    static func pickle(_ program: String) -> [UInt8] {
        [0x80, 2] + program.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } + [UInt8(ascii: ".")]
    }

    @Test(
        "What would run code is refused by name and place",
        arguments: [
            ("cos\nsystem\n(X\u{2}\u{0}\u{0}\u{0}lstR", "GLOBAL os.system"),
            ("cposix\nsystem\n", "GLOBAL posix.system"), ("cbuiltins\neval\n", "GLOBAL builtins.eval"),
            ("ctorch.jit._pickle\nbuild_tensor_from_id\n(K\u{1}tR", "GLOBAL torch.jit._pickle.build_tensor_from_id"),
            ("ctorch.jit._picklebuild_intlist\nx\n", "GLOBAL torch.jit._picklebuild_intlist.x"),
            ("](K\u{1}e(K\u{1}tR", "REDUCE"), ("K\u{1})R", "REDUCE"),
            ("ctorch.jit._pickle\nbuild_intlist\n)R", "REDUCE"),
            ("}}b", "BUILD"), ("(ios\nsystem\n", "INST"), ("(o", "OBJ"), (")\u{81}", "NEWOBJ"),
            ("))}\u{92}", "NEWOBJ_EX"),
            ("\u{8c}\u{2}os\u{8c}\u{6}system\u{93}", "STACK_GLOBAL"), ("P1\n", "PERSID"), ("K\u{1}Q", "BINPERSID"),
            ("\u{82}\u{1}", "EXT1"), ("\u{83}\u{1}\u{0}", "EXT2"), ("\u{84}\u{1}\u{0}\u{0}\u{0}", "EXT4"),
        ])
    func hostile(_ program: String, _ opcode: String) throws {
        let problem = #expect(throws: DumpProblem.self) { try Unpickler.value(of: Self.pickle(program)) }
        guard case .forbidden(let found, let offset) = problem else {
            Issue.record("\(String(describing: problem))")
            return
        }
        #expect(found == opcode)
        #expect(offset >= 2 && offset < program.unicodeScalars.count + 2)
    }

    @Test(
        "Damage is refused",
        arguments: [
            "", "K", "0", "1", "t", "e", "a", "s", "u", "2", "q\u{0}", "h\u{5}", "K\u{1}K\u{2}a", "}K\u{1}a",
            "](K\u{1}u",
            "}(K\u{1}u", "}]]s", "(", "](", "I1\n", "\u{ff}", "X\u{ff}\u{ff}\u{ff}\u{ff}ab",
            "j\u{1}\u{1}\u{1}\u{1}",
            "\u{8d}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}ab",
            "\u{8d}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{7f}ab",
            "\u{8b}\u{ff}\u{ff}\u{ff}\u{ff}ab", "\u{95}\u{1}", "ctorch.jit._pickle\nbuild_intlist",
            "ctorch.jit._pickle\nbuild_intlist\n",
        ])
    func damaged(_ program: String) {
        #expect(throws: DumpProblem.self) { try Unpickler.value(of: Self.pickle(program)) }
    }

    @Test("References that would grow without bound, and cycles, are refused")
    func bombs() {
        // Each list holds the one before ten times.
        var bomb = "]q\u{0}"
        for level in 1..<30 {
            bomb += "](" + String(repeating: "h\(Character(Unicode.Scalar(UInt8(level - 1))))", count: 10)
            bomb += "eq\(Character(Unicode.Scalar(UInt8(level))))"
        }
        #expect(throws: DumpProblem.tooMuch("values through references", limit: 16_000_000)) {
            try Unpickler.value(of: Self.pickle(bomb))
        }
        let text =
            "X\u{0}\u{0}\u{10}\u{0}" + String(repeating: "x", count: 1 << 20) + "q\u{0}]("
            + String(repeating: "h\u{0}", count: 1000) + "e"
        #expect(throws: DumpProblem.tooMuch("values through references", limit: 16_000_000)) {
            try Unpickler.value(of: Self.pickle(text))
        }
        #expect(throws: DumpProblem.cycle) { try Unpickler.value(of: Self.pickle("]q\u{0}h\u{0}a")) }
        #expect(throws: DumpProblem.cycle) { try Unpickler.value(of: Self.pickle("}q\u{0}K\u{1}](h\u{0}es")) }
        #expect(throws: DumpProblem.tooMuch("lists in each other", limit: 64)) {
            try Unpickler.value(of: Self.pickle(String(repeating: "]", count: 100) + String(repeating: "a", count: 99)))
        }
        // Shallow lists, each holding the one before: deep only through references.
        var deep = "]q\u{0}"
        for level in 1..<100 {
            let (before, here) = (Character(Unicode.Scalar(UInt8(level - 1))), Character(Unicode.Scalar(UInt8(level))))
            deep += "0]h\(before)aq\(here)"
        }
        #expect(throws: DumpProblem.tooMuch("lists in each other", limit: 64)) {
            try Unpickler.value(of: Self.pickle(deep))
        }
        let limits = DumpLimits(values: 1000)
        #expect(throws: DumpProblem.tooMuch("values", limit: 1000)) {
            try Unpickler.value(of: Self.pickle(String(repeating: "N", count: 2000)), limits: limits)
        }
    }

    @Test("Cut anywhere, a pickle is refused and nothing else happens")
    func truncated() throws {
        for pickle in [PythonPickles.dump[2] ?? [], PythonPickles.dump[4] ?? [], PythonPickles.odd[5] ?? []] {
            for count in pickle.indices {
                #expect(throws: DumpProblem.self) { try Unpickler.value(of: Array(pickle[..<count])) }
            }
        }
    }
}
