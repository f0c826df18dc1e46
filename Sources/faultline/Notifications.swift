import BuiltInRules
import CrashModel
import Foundation
import History
import Notifying
import Redaction
import Reporting
import Rules
import Sweeping

/// Telling others what a sweep found, as its configuration says.
struct Notifications {
    let courier: Courier
    /// What the owner of the configuration should know.
    let warning: String?

    /// - Parameters:
    ///   - configuration: Where the receivers stand; nil where a sweep has none, and then there is nobody to tell.
    ///   - state: What the sweep remembers in; messages wait beside it.
    init(configuration: String?, state: String, environment: [String: String]) throws(SweepError) {
        let queue = MessageQueue(folder: MessageQueue.folder(besideState: state))
        var receivers: [Receiver] = []
        var warning: String?
        if let configuration {
            let file = SweepConfigurationFile(path: configuration)
            receivers = try file.receivers()
            warning = file.secrecyWarning(for: receivers)
        }
        self.warning = warning
        let postman = ChannelPostman(
            environment: environment, host: ProcessInfo.processInfo.hostName, scratch: queue.folder,
            agent: "faultline/\(Version.text)",
            redact: { text in
                // Rules are read only when a command complains; what cannot be looked at is not shown.
                guard let redactor = try? Redactor(rules: RuleBook.builtIn.landmarks) else { return "" }
                return redactor.redact(text).text
            })
        courier = Courier(receivers: receivers, queue: queue, postman: postman)
    }

    /// Writes what the sweep found into the queue, without secrets: before it is noted as told.
    func enqueue(_ outcome: SweepOutcome, from ledger: Ledger, rules: RuleOptions) throws {
        guard !courier.receivers.isEmpty, !outcome.incidents.isEmpty || !outcome.untold.isEmpty else { return }
        let past = try ledger.read()
        let ids = Set(outcome.incidents.map(\.id) + outcome.untold.map(\.id))
        var notices = outcome.incidents.map { incident in
            Notice(
                incident,
                before: past.sightings(
                    ofFingerprint: incident.fingerprint, excludingIDs: ids, before: past.moment(of: incident)))
        }
        // A sweep was killed after the ledger had these, and before anybody heard of them.
        for untold in outcome.untold {
            guard let record = past.incidents.first(where: { $0.id == untold.id }) else { continue }
            notices.append(
                Notice(
                    record,
                    before: past.sightings(
                        ofFingerprint: record.fingerprint, excludingIDs: ids, before: record.occurredAt)))
        }
        let redactor = try Redactor(rules: try rules.book().landmarks)
        try courier.enqueue(notices) { redactor.redact($0).text }
    }

    /// Delivers what is due, and says on standard error what could not be.
    ///
    /// - Returns: whether nothing was given up.
    func deliver() -> Bool {
        if courier.receivers.isEmpty { return true }
        do {
            let report = try courier.deliver()
            Self.complain(report)
            return report.lost.isEmpty
        } catch {
            Output.complain("notify: \(SafeText.line(error.description))")
            return false
        }
    }

    static func complain(_ report: DeliveryReport) {
        for problem in report.troubles + report.lost { Output.complain("notify: \(SafeText.line(problem))") }
    }
}

extension Notice {
    /// As the ledger keeps it.
    init(_ record: LedgerRecord, before: PastSightings?) {
        self.init(
            id: record.id, fingerprint: record.fingerprint, title: record.title, category: record.category,
            severity: record.severity, outcome: record.outcome, verdict: record.verdict, confidence: record.confidence,
            firstSeen: record.firstSeen, lastSeen: record.lastSeen, host: record.host, ranks: record.ranks,
            job: record.root.captures["job"],
            cause: Cause(
                rule: record.root.rule, source: record.root.source, line: record.root.line, text: record.root.text),
            consequences: (record.timeline ?? []).filter { $0.part == .consequence }.count, advice: record.advice,
            before: before)
    }
}
