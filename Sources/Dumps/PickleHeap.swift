/// What a pickle's machine works on: containers have an identity, as Python writes a reference to a list before it
/// fills it.
enum PickleItem {
    case plain(DumpValue)
    case container(Int)
    /// One of the functions in `Unpickler.harmless`, not yet "called".
    case function
}

/// The lists, tuples and dictionaries of a pickle, by number.
struct PickleHeap {
    enum Kind { case list, tuple, map }

    struct Container {
        let kind: Kind
        /// A map's keys and values take turns.
        var items: [PickleItem]
    }

    private enum State {
        case untouched, inProgress
        /// `weight` counts everything inside, wherever it appears, and long texts by their length; `height` is how deep
        /// it goes.
        case resolved(DumpValue, weight: Int, height: Int)
    }

    private(set) var containers: [Container] = []
    private var states: [State] = []

    mutating func make(_ kind: Kind, _ items: [PickleItem] = []) -> PickleItem {
        containers.append(Container(kind: kind, items: items))
        return .container(containers.count - 1)
    }

    mutating func append(_ items: [PickleItem], to index: Int) {
        containers[index].items += items
    }

    /// The value behind an item. What is shared is resolved once and stays shared, so that the work is that of the
    /// file's size; what it would be when written out is bounded, since readers walk it.
    mutating func value(of item: PickleItem, limits: DumpLimits) throws(DumpProblem) -> DumpValue {
        states = Array(repeating: .untouched, count: containers.count)
        return try resolve(item, depth: 0, limits).value
    }

    private mutating func resolve(
        _ item: PickleItem, depth: Int, _ limits: DumpLimits
    ) throws(DumpProblem) -> (value: DumpValue, weight: Int, height: Int) {
        switch item {
        case .plain(.text(let text)): return (.text(text), 1 + text.utf8.count / 16, 0)
        case .plain(let value): return (value, 1, 0)
        case .function: throw .notADump("a function stands where a value should")
        case .container(let index):
            switch states[index] {
            case .inProgress: throw .cycle
            case .resolved(let value, let weight, let height): return (value, weight, height)
            case .untouched: break
            }
            guard depth < limits.depth else { throw .tooMuch("lists in each other", limit: limits.depth) }
            states[index] = .inProgress
            let container = containers[index]
            var values: [DumpValue] = []
            values.reserveCapacity(container.items.count)
            var weight = 1
            var height = 0
            for item in container.items {
                let inner = try resolve(item, depth: depth + 1, limits)
                weight += inner.weight
                height = max(height, inner.height)
                guard weight <= limits.expanded else {
                    throw .tooMuch("values through references", limit: limits.expanded)
                }
                guard height < limits.depth else { throw .tooMuch("lists in each other", limit: limits.depth) }
                values.append(inner.value)
            }
            let value = container.kind == .map ? try Self.map(values) : .list(values)
            states[index] = .resolved(value, weight: weight, height: height + 1)
            return (value, weight, height + 1)
        }
    }

    private static func map(_ values: [DumpValue]) throws(DumpProblem) -> DumpValue {
        var members: [String: DumpValue] = [:]
        for at in stride(from: 0, to: values.count - 1, by: 2) {
            switch values[at] {
            case .text(let key): members[key] = values[at + 1]
            case .integer(let key): members[String(key)] = values[at + 1]
            default: throw .notADump("a dictionary's key is neither text nor a number")
            }
        }
        return .map(members)
    }
}
