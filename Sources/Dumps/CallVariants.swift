/// Whether ranks called the same collective in the same way.
///
/// The exceptions are those of torch/distributed/flight_recorder/components/types.py (`Op.match`). Counts of elements
/// are compared, not shapes: only they matter to NCCL.
enum CallVariants {
    private struct Key: Hashable {
        let operation: String
        var inputs: [Int] = []
        var outputs: [Int] = []
        var inputTypes: [String] = []
        var outputTypes: [String] = []
    }

    /// The different calls, the most common first.
    static func of(_ records: [(rank: Int, record: RecordedOperation)]) -> [CollectiveStall.Variant] {
        let sorted = Dictionary(grouping: records) { key(of: $0.record) }.values.sorted {
            ($1.count, $0.first?.rank ?? 0) < ($0.count, $1.first?.rank ?? 0)
        }
        return sorted.compactMap { records in
            records.first.map { CollectiveStall.Variant(call: call($0.record), ranks: records.map(\.rank)) }
        }
    }

    /// Whether no rank can end the operation before all have come; a broadcast's source, for one, can.
    static func needsAll(_ operation: String) -> Bool {
        ["all_reduce", "allreduce", "all_gather", "reduce_scatter", "barrier", "all_to_all", "alltoall"].contains {
            operation.contains($0)
        }
    }

    private static func key(of record: RecordedOperation) -> Key {
        let operation = record.operation
        var key = Key(operation: operation)
        // Uneven parts are lawful; of coalesced calls the record does not show the parts.
        if ["coalesced", "_oop", "_v", "to_all", "toall"].contains(where: operation.contains) { return key }
        let isScatter = operation == "scatter"
        let isGather = operation == "gather"
        if !isScatter { key.inputs = record.inputSizes.map(elements) }
        if !isGather { key.outputs = record.outputSizes.map(elements) }
        // An empty tensor's type does not matter.
        if !isScatter, operation != "broadcast", key.inputs.first != 0 { key.inputTypes = unique(record.inputTypes) }
        if !isGather, key.outputs.first != 0 { key.outputTypes = unique(record.outputTypes) }
        return key
    }

    private static func unique(_ types: [String]) -> [String] { Set(types).sorted() }

    private static func elements(_ shape: [Int]) -> Int {
        shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    }

    /// `all_reduce([1024, 4] Float)`
    private static func call(_ record: RecordedOperation) -> String {
        let shapes = (record.inputSizes.isEmpty ? record.outputSizes : record.inputSizes).prefix(4).map {
            "[" + $0.prefix(8).map(String.init).joined(separator: ", ") + "]"
        }
        let type = (record.inputTypes.first ?? record.outputTypes.first).map { " " + $0.prefix(40) } ?? ""
        return "\(record.operation)(\(shapes.joined(separator: ", "))\(type))"
    }
}
