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
        if line.isKernel {
            kernel += 3
            return
        }
        if line.origin.rank != nil { training += 1 }
        if line.isSyslog { kernel += 1 }
        switch Self.cues.first(in: line.message.prefix(400)) {
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
    private let byFirstByte: [[(kind: LogKind, rank: Int, word: [UInt8])]]

    /// Kinds in order of weight: of several in one line the first counts.
    init(_ kinds: [(LogKind, [StaticString])]) {
        var table = [[(kind: LogKind, rank: Int, word: [UInt8])]](repeating: [], count: 256)
        for (rank, (kind, words)) in kinds.enumerated() {
            for word in words {
                let bytes = word.withUTF8Buffer { Array($0) }
                if let first = bytes.first { table[Int(first)].append((kind, rank, bytes)) }
            }
        }
        byFirstByte = table
    }

    func first(in text: ArraySlice<UInt8>) -> LogKind? {
        var best: (kind: LogKind, rank: Int)?
        for index in text.indices {
            for cue in byFirstByte[Int(text[index])] where cue.rank < best?.rank ?? .max {
                if text[index...].starts(with: cue.word) { best = (cue.kind, cue.rank) }
            }
        }
        return best?.kind
    }
}
