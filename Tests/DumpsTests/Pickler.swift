@testable import Dumps

/// Writes values as PyTorch's C++ pickler does: protocol 2, texts remembered after their first use, containers that
/// are used twice remembered once they are full. (torch/csrc/jit/serialization/pickler.cpp)
struct Pickler {
    private(set) var bytes: [UInt8] = [0x80, 2]
    private var texts: [String: Int] = [:]
    private var shared: [(value: DumpValue, id: Int)] = []
    private var nextID = 0
    /// Frames that several entries share.
    private let sharedValues: [DumpValue]

    static func bytes(of value: DumpValue, sharing shared: [DumpValue] = []) -> [UInt8] {
        var pickler = Pickler(sharedValues: shared)
        pickler.push(value)
        return pickler.bytes + [UInt8(ascii: ".")]
    }

    private init(sharedValues: [DumpValue]) { self.sharedValues = sharedValues }

    private mutating func push(_ value: DumpValue) {
        if let known = shared.first(where: { $0.value == value }) { return recall(known.id) }
        switch value {
        case .none: op("N")
        case .flag(let flag): bytes.append(flag ? 0x88 : 0x89)
        case .integer(let number): push(number)
        case .float(let number):
            op("G")
            for shift in (0..<8).reversed() {
                bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> (8 * shift)))
            }
        case .text(let text):
            if let id = texts[text] { return recall(id) }
            op("X")
            little(text.utf8.count, 4)
            bytes += Array(text.utf8)
            texts[text] = remember()
        case .list(let items):
            op("](")
            items.forEach { push($0) }
            op("e")
        case .map(let members):
            op("}(")
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                push(.text(key))
                push(member)
            }
            op("u")
        }
        if sharedValues.contains(value) { shared.append((value, remember())) }
    }

    private mutating func push(_ number: Int) {
        switch number {
        case 0...0xff:
            op("K")
            little(number, 1)
        case 0...0xffff:
            op("M")
            little(number, 2)
        case Int(Int32.min)...Int(Int32.max):
            op("J")
            little(number, 4)
        default:
            bytes += [0x8a, 8]
            little(number, 8)
        }
    }

    private mutating func remember() -> Int {
        defer { nextID += 1 }
        op(nextID < 256 ? "q" : "r")
        little(nextID, nextID < 256 ? 1 : 4)
        return nextID
    }

    private mutating func recall(_ id: Int) {
        op(id < 256 ? "h" : "j")
        little(id, id < 256 ? 1 : 4)
    }

    private mutating func op(_ opcodes: String) { bytes += Array(opcodes.utf8) }

    private mutating func little(_ number: Int, _ width: Int) {
        for shift in 0..<width { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * shift))) }
    }
}
