import ArgumentParser
import CrashModel
import Diagnosis
import Dispatch
import Following
import Foundation
import History
import Logs
import Recording
import Reporting
import Rules
import Scanning

extension ScanCommand {
    /// `scan --follow`: until a signal comes, or standard input ends.
    func runFollowing() throws {
        let stopping = try StopSignals()
        let book = try rules.book()
        let scanner = LiteralScanner(try CompiledRules(book))
        // A failure hours before the last line is one like all others to who hears of each when it comes.
        let diagnostician = Diagnostician(book, keepsOldTrouble: true)
        let archive = recordings.archive()
        let healthy = scanner.scan(InputDiscovery().discover(baseline).inputs)
        let tools = FollowTools(scanner: scanner) { scans in
            diagnostician.diagnose(scans, baseline: healthy, recorded: archive.contexts)
        }
        var logs = paths.isEmpty ? ["."] : paths
        if paths.isEmpty, access("/dev/kmsg", R_OK) == 0 { logs.append("/dev/kmsg") }
        let teller = FollowTeller(
            ledger: withoutLedger ? nil : ledgerOptions.open(), isJSON: format == .json,
            paths: logs.filter { $0 != "-" })
        let follower = Follower(FollowConfiguration(paths: logs, fromStart: fromStart), tools: tools, listener: teller)
        follower.run(stopping: stopping.descriptor)
        teller.end(crashes: follower.crashes, bytes: follower.bytesRead)
        if follower.crashes > 0 { throw ExitCode(ExitStatus.crashFound) }
        if follower.isIncomplete { throw ExitCode(ExitStatus.incomplete) }
    }
}

/// Writes what is news, and keeps the incidents in the ledger.
final class FollowTeller: FollowListener {
    private let ledger: Ledger?
    private let isJSON: Bool
    private let paths: [String]
    private let style = TextStyle.detect(
        isTerminal: Output.isTerminal(STDOUT_FILENO), environment: ProcessInfo.processInfo.environment)

    init(ledger: Ledger?, isJSON: Bool, paths: [String]) {
        self.ledger = ledger
        self.isJSON = isJSON
        self.paths = paths
    }

    func tell(_ news: FollowNews) {
        let now = Date()
        switch news {
        case .note(let note): Output.complain(SafeText.line(note))
        case .crash(let incident):
            let (incident, seen) = known(located(incident, now))
            if isJSON {
                var event = LiveEvent("crash", at: now)
                (event.incident, event.seenBefore) = (incident, seen)
                return Output.write(event.line())
            }
            Output.write(TextReport(style: style, now: now).live(incident, seen: seen, at: now))
        case .changed(let incident, let before, let how, let by):
            if isJSON {
                var event = LiveEvent("changed", at: now)
                (event.incident, event.was, event.how, event.by) = (incident, before.id, how.rawValue, by)
                return Output.write(event.line())
            }
            Output.write(
                TextReport(style: style, now: now).live(Self.words(how, incident, before, by), incident, at: now))
        case .wentOn(let incident, let because):
            if isJSON {
                var event = LiveEvent("went-on", at: now)
                (event.incident, event.was, event.because) = (incident, incident.id, because)
                return Output.write(event.line())
            }
            let words = "the run went on (\(because))"
            Output.write(TextReport(style: style, now: now).live(words, incident, at: now))
        }
    }

    private static func words(
        _ how: FollowedChange, _ incident: Incident, _ before: Incident, _ finding: Finding?
    ) -> String {
        switch how {
        case .root: "what was told as incident \(before.id) has another cause"
        case .ended: "the run ended with it"
        case .repeated: "it goes on, \(incident.root.count) times by now"
        case .grew:
            finding.map { "\(SourceName.of($0.source, line: $0.line)) (\($0.title)) is taken for a part of this" }
                ?? "it goes on"
        case .part: "it is a part of another failure that was told"
        }
    }

    /// The machine as it is now, which is nearly as it was when the line was written.
    private func located(_ incident: Incident, _ now: Date) -> Incident {
        guard incident.context == nil, incident.host.map({ $0 == ProcessInfo.processInfo.hostName }) ?? true else {
            return incident
        }
        var incident = incident
        incident.context = MachineSnapshot().take(now: now, filesystemsOf: paths)
        return incident
    }

    /// With what the ledger knows of the same failure.
    private func known(_ incident: Incident) -> (Incident, PastSightings?) {
        guard let ledger, let past = try? ledger.read(fingerprints: [incident.fingerprint]) else {
            return (incident, nil)
        }
        return (
            past.reconsidered(incident, excludingIDs: [incident.id]),
            past.sightings(before: [incident])[incident.fingerprint]
        )
    }

    func record(_ incidents: [Incident]) {
        guard let ledger else { return }
        do {
            let past = try ledger.read(fingerprints: Set(incidents.map(\.fingerprint)))
            let ids = Set(incidents.map(\.id))
            _ = try ledger.append(
                incidents.map { past.reconsidered($0, excludingIDs: ids) }, scannedAt: Date())
        } catch {
            Output.complain(SafeText.line("the history was not updated: \(error)"))
        }
    }

    func end(crashes: Int, bytes: Int) {
        if isJSON {
            var event = LiveEvent("end", at: Date())
            (event.crashes, event.bytes) = (crashes, bytes)
            return Output.write(event.line())
        }
        let found = crashes == 0 ? "no crash" : crashes == 1 ? "1 crash" : "\(crashes) crashes"
        Output.complain("followed to the end: \(found) in \(bytes) bytes")
    }
}

/// SIGINT, SIGTERM and SIGHUP as something to wait for with poll(2).
final class StopSignals {
    let descriptor: Int32
    private let sources: [any DispatchSourceSignal]

    struct NoPipe: Error, CustomStringConvertible {
        let description: String
    }

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw NoPipe(description: "signals cannot be waited for: \(String(cString: strerror(errno)))")
        }
        let (read, write) = (ends[0], ends[1])
        descriptor = read
        sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
            // With nohup(1) the end of the terminal means nothing.
            let before = signal(number, SIG_IGN)
            if number == SIGHUP, unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                return nil
            }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                var byte: UInt8 = 1
                _ = Foundation.write(write, &byte, 1)
            }
            source.resume()
            return source
        }
    }
}
