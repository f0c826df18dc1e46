// A writer of a ledger, for tests: `PATH NAME COUNT`. Says `NAME-7` on standard output for each record that it was
// promised, `!` and the reason for each that it was not.
import CrashModel
import Foundation
import History

let arguments = CommandLine.arguments
guard arguments.count >= 4, let count = Int(arguments[3]) else { exit(2) }
if arguments.count > 4, let most = UInt64(arguments[4]) {
    // A disk that is full at so many bytes.
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit()
    limit.rlim_cur = rlim_t(most)
    limit.rlim_max = rlim_t(most)
    #if os(Linux)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    #else
        setrlimit(RLIMIT_FSIZE, &limit)
    #endif
}

var writer = LedgerWriter(Ledger(path: arguments[1]))
for number in 0..<count {
    let id = "\(arguments[2])-\(number)"
    let root = Finding(
        rule: "cuda.oom", title: "t", category: Category("oom/gpu"), severity: .fatal, role: .root,
        source: "logs/rank3.log", line: number, offset: 0, text: "boom \(id)")
    let incident = Incident(
        id: id, fingerprint: "f", title: "GPU 3 ran out of memory", category: Category("oom/gpu"), severity: .fatal,
        outcome: .terminal, verdict: .changeFirst, confidence: 0.9, because: [], root: root)
    do {
        let result = try writer.append([incident], scannedAt: Date(timeIntervalSince1970: 1_772_366_400))
        for id in result.added + result.known { print(id) }
    } catch {
        print("! \(error)")
    }
    fflush(nil)
}
