public import CrashModel

/// Tells from a log's content which kind of program wrote it.
///
/// Looks at the first lines closely. Whoever reads the rest shows it a sample, so that a preamble does not decide for a
/// long file.
public struct LogKindSniffer {
    private static let closeLook = 2000

    private var seen = 0
    private var kernel = 0
    private var training = 0
    private var scheduler = 0
    private var container = 0

    public init() {}

    public var kind: LogKind {
        let best = max(kernel, training, scheduler, container)
        guard best >= 2 else { return .unknown }
        // A job's output begins and ends with the scheduler's words; what runs inside says what it is.
        if training >= 4, training * 3 >= best, best != kernel { return isDense(training) ? .training : .unknown }
        if best == kernel { return .kernel }
        if best == scheduler { return .scheduler }
        return best == training ? .training : .container
    }

    /// Words such as "batch" and "step" stand in any log; in a training log they stand in more than a few lines.
    private func isDense(_ score: Int) -> Bool { score * 25 >= min(seen, Self.closeLook) }

    /// - Parameter isSample: a line of a sample counts wherever it stands; others only among the first.
    public mutating func note(_ line: LogLine, isSample: Bool = false) {
        seen += 1
        guard seen <= Self.closeLook || isSample else { return }
        // The wrapping says how a line travelled, not what the program is: a weak cue.
        if line.isRecord, !line.isKernel, !line.isSyslog, container < 3 { container += 1 }
        line.message.withUnsafeBufferPointer {
            weigh($0, isKernel: line.isKernel, isSyslog: line.isSyslog, hasRank: line.origin.rank != nil)
        }
    }

    /// The same of a line that was not made.
    public mutating func note(_ line: borrowing LineView, isSample: Bool = false) {
        seen += 1
        guard seen <= Self.closeLook || isSample else { return }
        weigh(line.message, isKernel: line.isKernel, isSyslog: line.isSyslog, hasRank: line.rank != nil)
    }

    private mutating func weigh(
        _ message: UnsafeBufferPointer<UInt8>, isKernel: Bool, isSyslog: Bool, hasRank: Bool
    ) {
        if isKernel {
            kernel += 3
            return
        }
        if hasRank { training += 1 }
        if isSyslog { kernel += 1 }
        switch Self.cues.first(in: UnsafeBufferPointer(rebasing: message.prefix(400))) {
        case .scheduler: scheduler += 3
        case .container: container += 3
        case .kernel: kernel += 2
        case .training: training += 2
        case .unknown, nil: break
        }
    }

    private static let cues = CueTable([
        (.scheduler, schedulerCues), (.container, containerCues), (.kernel, kernelCues), (.training, trainingCues),
    ])
    private static let schedulerCues: [StaticString] = [
        "slurmstepd", "slurmctld", "srun: ", "sbatch: ", "slurmd", "Submitted batch job", "LSBATCH", "TERM_RUNLIMIT",
        "TERM_MEMLIMIT", "Sender: LSF System", "PBS: job killed", "pbs_mom", "=>> PBS", "JobState=",
        "|OUT_OF_MEMORY|", "|NODE_FAIL|", "sge_execd", "condor_", "StepId=", "_slurm_rpc_", "sched: Allocate", "JobId=",
        "NodeList=", "clustermgtd", "backfill: ", "_job_complete",
    ]
    private static let containerCues: [StaticString] = [
        "kubelet", "containerd", "dockerd", "CrashLoopBackOff", "OOMKilled", "ImagePullBackOff", "pod_workers.go",
        "FailedScheduling", "container die", "container oom", "terminated:", "Back-off restarting", "reflector.go",
    ]
    private static let kernelCues: [StaticString] = [
        "invoked oom-killer", "NVRM: Xid", "Call Trace:", "EXT4-fs", "blocked for more than", "Linux version ",
        "EDAC ", "mce: ", "earlyoom", "mem avail: ", "sending SIG", "Tainted: ",
    ]
    private static let trainingCues: [StaticString] = [
        "Traceback (most recent call last)", "  File \"", "Epoch", "epoch", "loss", "it/s", "s/it", "step", "Step",
        "torch", "NCCL", "tensorflow", "CUDA", "iteration", "Iteration", "accuracy", "checkpoint", "jax", "keras",
        "lr:", "lr=", "grad_norm", "mxnet", "paddle", "deepspeed", "transformers", "batch", "wandb",
    ]
}

/// Words that tell a kind, found in one pass over a line.
private struct CueTable: Sendable {
    private struct Cue {
        var kind: LogKind
        var rank: Int
        /// Where its word stands among all.
        var word: Range<Int>
    }

    private let cues: [Cue]
    private let letters: [UInt8]
    /// Where the cues that begin with a byte stand, and with the next one they end.
    private let firsts: [Int]

    /// Kinds in order of weight: of several in one line the first counts.
    init(_ kinds: [(LogKind, [StaticString])]) {
        var table = [[Cue]](repeating: [], count: 256)
        var letters: [UInt8] = []
        for (rank, (kind, words)) in kinds.enumerated() {
            for word in words {
                let start = letters.count
                word.withUTF8Buffer { letters += $0 }
                guard start < letters.count else { continue }
                table[Int(letters[start])].append(Cue(kind: kind, rank: rank, word: start..<letters.count))
            }
        }
        var firsts = [0]
        for cues in table { firsts.append((firsts.last ?? 0) + cues.count) }
        self.letters = letters
        self.firsts = firsts
        cues = table.flatMap(\.self)
    }

    func first(in text: UnsafeBufferPointer<UInt8>) -> LogKind? {
        var best: Cue?
        cues.withUnsafeBufferPointer { cues in
            letters.withUnsafeBufferPointer { letters in
                firsts.withUnsafeBufferPointer { firsts in
                    for index in text.indices {
                        let byte = Int(text[index])
                        for number in firsts[byte]..<firsts[byte + 1] where cues[number].rank < best?.rank ?? .max {
                            let word = cues[number].word
                            guard index + word.count <= text.count else { continue }
                            var length = 1
                            while length < word.count, text[index + length] == letters[word.lowerBound + length] {
                                length += 1
                            }
                            if length == word.count { best = cues[number] }
                        }
                    }
                }
            }
        }
        return best?.kind
    }
}
