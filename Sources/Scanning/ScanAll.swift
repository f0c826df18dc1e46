import Dispatch
public import Logs
import Synchronization

extension SourceScanner {
    /// Scans all inputs, several at a time. The result is in the order of `inputs`, whatever finished first.
    ///
    /// - Parameters:
    ///   - threads: how many inputs may be scanned at a time.
    ///   - finished: called after each input with how many are done, from any thread.
    public func scan(
        _ inputs: [LogInput], threads: Int = .max, finished: @Sendable (Int) -> Void = { _ in }
    ) -> [SourceScan] {
        let results = Mutex([SourceScan?](repeating: nil, count: inputs.count))
        let next = Atomic(0)
        let done = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: min(inputs.count, max(threads, 1))) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < inputs.count else { return }
                let scan = scan(inputs[index])
                results.withLock { $0[index] = scan }
                finished(done.add(1, ordering: .relaxed).newValue)
            }
        }
        return results.withLock { $0.compactMap { $0 } }
    }
}
