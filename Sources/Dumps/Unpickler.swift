/// Reads the part of Python's pickle format in which flight recorders write, and never runs anything.
///
/// PyTorch writes with its own C++ pickler, protocol 2 and no type tags (`pickle_str` in
/// torch/csrc/distributed/c10d/TraceUtils.h, `Pickler` in torch/csrc/jit/serialization/pickler.cpp); Python plug-ins
/// write with `pickle.dump`, protocol 4 or 5. An opcode that calls, builds or looks up an object is refused, except
/// for the identity functions that PyTorch's pickler wraps typed lists in.
struct Unpickler {
    /// `torch.jit._pickle` functions that return their first argument.
    static let harmless: Set<String> = ["build_intlist", "build_doublelist", "build_boollist", "restore_type_tag"]

    private var bytes: PickleBytes
    private let limits: DumpLimits
    private var heap = PickleHeap()
    private var stack: [PickleItem] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleItem] = [:]
    private var made = 0

    static func value(of bytes: [UInt8], limits: DumpLimits = DumpLimits()) throws(DumpProblem) -> DumpValue {
        guard bytes.count <= limits.bytes else { throw .tooMuch("bytes", limit: limits.bytes) }
        var unpickler = Unpickler(bytes: PickleBytes(bytes), limits: limits)
        return try unpickler.run()
    }

    private init(bytes: PickleBytes, limits: DumpLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    private mutating func run() throws(DumpProblem) -> DumpValue {
        guard try bytes.byte() == 0x80 else { throw .neitherPickleNorJSON }
        let version = try bytes.byte()
        guard (2...5).contains(version) else { throw .malformed("pickle protocol \(version)", offset: 1) }
        while true {
            let offset = bytes.offset
            let opcode = try bytes.byte()
            if opcode == UInt8(ascii: ".") {
                return try heap.value(of: try pop(offset), limits: limits)
            }
            try step(opcode, at: offset)
        }
    }

    private mutating func step(_ opcode: UInt8, at offset: Int) throws(DumpProblem) {
        switch opcode {
        case 0x95: try bytes.skip(8)  // FRAME: how much to read ahead
        case UInt8(ascii: "N"): try push(.none)
        case 0x88: try push(.flag(true))
        case 0x89: try push(.flag(false))
        case UInt8(ascii: "K"): try push(.integer(try bytes.unsigned(1)))
        case UInt8(ascii: "M"): try push(.integer(try bytes.unsigned(2)))
        case UInt8(ascii: "J"): try push(.integer(try bytes.int32()))
        case UInt8(ascii: "G"): try push(.float(try bytes.double()))
        case 0x8a: try push(try bytes.long(try bytes.unsigned(1)))
        case 0x8b: try push(try bytes.long(try bytes.unsigned(4)))
        // SHORT_BINUNICODE, SHORT_BINSTRING, SHORT_BINBYTES
        case 0x8c, UInt8(ascii: "U"), UInt8(ascii: "C"): try push(.text(try bytes.text(try bytes.unsigned(1))))
        // BINUNICODE, BINSTRING, BINBYTES
        case UInt8(ascii: "X"), UInt8(ascii: "T"), UInt8(ascii: "B"):
            try push(.text(try bytes.text(try bytes.unsigned(4))))
        // BINUNICODE8, BINBYTES8, BYTEARRAY8
        case 0x8d, 0x8e, 0x96: try push(.text(try bytes.text(try bytes.unsigned(8))))
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "]"): try push(heap.make(.list))
        case UInt8(ascii: "}"): try push(heap.make(.map))
        case UInt8(ascii: ")"): try push(heap.make(.tuple))
        case UInt8(ascii: "t"): try push(heap.make(.tuple, try popMark(offset)))
        case 0x85, 0x86, 0x87: try tuple(Int(opcode) - 0x84, offset)
        case UInt8(ascii: "a"): try extend(.list, by: [try pop(offset)], offset)
        case UInt8(ascii: "e"): try extend(.list, by: try popMark(offset), offset)
        case UInt8(ascii: "s"):
            let value = try pop(offset)
            try extend(.map, by: [try pop(offset), value], offset)
        case UInt8(ascii: "u"): try extend(.map, by: try popMark(offset), offset)
        case UInt8(ascii: "0"): try drop(offset)
        case UInt8(ascii: "1"): _ = try popMark(offset)
        case UInt8(ascii: "2"): try push(try top(offset))
        case 0x94: memo[memo.count] = try top(offset)
        case UInt8(ascii: "q"): memo[try bytes.unsigned(1)] = try top(offset)
        case UInt8(ascii: "r"): memo[try bytes.unsigned(4)] = try top(offset)
        case UInt8(ascii: "h"): try recall(try bytes.unsigned(1), offset)
        case UInt8(ascii: "j"): try recall(try bytes.unsigned(4), offset)
        case UInt8(ascii: "c"): try global(offset)
        case UInt8(ascii: "R"): try reduce(offset)
        default: throw Self.refusal(of: opcode, at: offset)
        }
    }

    // MARK: The stack

    private mutating func push(_ value: DumpValue) throws(DumpProblem) { try push(.plain(value)) }

    private mutating func push(_ item: PickleItem) throws(DumpProblem) {
        made += 1
        guard made <= limits.values else { throw .tooMuch("values", limit: limits.values) }
        stack.append(item)
    }

    /// The topmost item; those below an open mark belong to what was begun before it.
    private func top(_ offset: Int) throws(DumpProblem) -> PickleItem {
        guard let item = stack.last, stack.count > marks.last ?? 0 else {
            throw .malformed("nothing on the stack", offset: offset)
        }
        return item
    }

    private mutating func pop(_ offset: Int) throws(DumpProblem) -> PickleItem {
        let item = try top(offset)
        stack.removeLast()
        return item
    }

    private mutating func popMark(_ offset: Int) throws(DumpProblem) -> [PickleItem] {
        guard let mark = marks.popLast() else { throw .malformed("no mark on the stack", offset: offset) }
        // A slice would share the stack's storage and have it copied whole below.
        let items = Array(stack[mark...])
        stack.removeLast(stack.count - mark)
        return items
    }

    /// POP also removes a mark that is topmost.
    private mutating func drop(_ offset: Int) throws(DumpProblem) {
        if marks.last == stack.count { marks.removeLast() } else { _ = try pop(offset) }
    }

    private mutating func recall(_ key: Int, _ offset: Int) throws(DumpProblem) {
        guard let item = memo[key] else { throw .malformed("reference \(key) to nothing", offset: offset) }
        try push(item)
    }

    // MARK: Containers

    private mutating func tuple(_ count: Int, _ offset: Int) throws(DumpProblem) {
        var items: [PickleItem] = []
        for _ in 0..<count { items.append(try pop(offset)) }
        try push(heap.make(.tuple, items.reversed()))
    }

    private mutating func extend(
        _ kind: PickleHeap.Kind, by items: [PickleItem], _ offset: Int
    ) throws(DumpProblem) {
        guard case .container(let index) = try top(offset), heap.containers[index].kind == kind else {
            throw .malformed("items for what is no \(kind)", offset: offset)
        }
        guard kind == .list || items.count.isMultiple(of: 2) else {
            throw .malformed("a key without a value", offset: offset)
        }
        heap.append(items, to: index)
    }

    // MARK: What is refused

    /// GLOBAL looks a function up by name; only names that stand for "return the argument" pass.
    private mutating func global(_ offset: Int) throws(DumpProblem) {
        let module = try bytes.line()
        let name = try bytes.line()
        guard module == "torch.jit._pickle", Self.harmless.contains(name) else {
            throw .forbidden(opcode: "GLOBAL \(module.prefix(60)).\(name.prefix(60))", offset: offset)
        }
        try push(.function)
    }

    private mutating func reduce(_ offset: Int) throws(DumpProblem) {
        guard case .container(let arguments) = try pop(offset), case .function = try pop(offset),
            heap.containers[arguments].kind == .tuple, let result = heap.containers[arguments].items.first
        else { throw .forbidden(opcode: "REDUCE", offset: offset) }
        try push(result)
    }

    /// Opcodes by which Python would look up, build or call an object. (pickletools.py)
    private static let dangerous: [UInt8: String] = [
        UInt8(ascii: "b"): "BUILD", UInt8(ascii: "i"): "INST", UInt8(ascii: "o"): "OBJ", 0x81: "NEWOBJ",
        0x92: "NEWOBJ_EX", 0x93: "STACK_GLOBAL", UInt8(ascii: "P"): "PERSID", UInt8(ascii: "Q"): "BINPERSID",
        0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x97: "NEXT_BUFFER",
    ]

    private static func refusal(of opcode: UInt8, at offset: Int) -> DumpProblem {
        if let name = dangerous[opcode] { return .forbidden(opcode: name, offset: offset) }
        return .unknownOpcode(opcode, offset: offset)
    }
}
