import Dispatch
public import Logs
import Synchronization

extension SourceScanner {
    /// Scans all inputs, several at a time. The result is in the order of `inputs`, whatever finished first.
    ///
    /// - Parameter finished: called after each input with how many are done, from any thread.
    public func scan(_ inputs: [LogInput], finished: @Sendable (Int) -> Void = { _ in }) -> [SourceScan] {
        let results = Mutex([SourceScan?](repeating: nil, count: inputs.count))
        let done = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: inputs.count) { index in
            let scan = scan(inputs[index])
            results.withLock { $0[index] = scan }
            finished(done.add(1, ordering: .relaxed).newValue)
        }
        return results.withLock { $0.compactMap { $0 } }
    }
}
