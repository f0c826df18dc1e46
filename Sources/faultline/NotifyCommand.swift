import ArgumentParser
import Foundation
import Notifying
import Reporting
import Sweeping

struct NotifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify",
        abstract: "Tries out who is told of crashes, and looks after messages that wait.",
        usage: "faultline notify (--test | --queue | --flush) [<options>] [<names> ...]",
        discussion: """
            'notify:' in faultline.yaml says whom 'faultline sweep' tells: docs/notify.md. What cannot be delivered waits on \
            the disk, and every sweep tries again.

            EXAMPLES
              faultline notify --test           send everybody a marked message
              faultline notify --test ops       send it to one
              faultline notify --queue          what waits, and why
              faultline notify --flush          try now

            EXIT STATUS
              0 done, 2 wrong usage or configuration, 3 something could not be delivered
            """)

    @Argument(help: "Only these receivers.")
    var names: [String] = []
    @Flag(help: "Send a message that is marked as a test, at once.")
    var test = false
    @Flag(help: "List the messages that wait and those that were given up.")
    var queue = false
    @Flag(help: "Try to deliver what waits, now.")
    var flush = false
    @Flag(help: "With '--flush': also what was given up.")
    var failed = false
    @Option(help: ArgumentHelp("Read this configuration.", valueName: "file"), completion: .file())
    var config: String?
    @Option(
        help: ArgumentHelp("The file that the sweep remembers in; messages wait beside it.", valueName: "file"),
        completion: .file())
    var state: String?
    @Option(help: "How '--queue' lists: text or json.")
    var format = Listing.text

    enum Listing: String, ExpressibleByArgument, CaseIterable { case text, json }

    func validate() throws {
        guard [test, queue, flush].filter({ $0 }).count == 1 else {
            throw ValidationError("Give one of '--test', '--queue' and '--flush'.")
        }
        if failed, !flush { throw ValidationError("'--failed' goes with '--flush'.") }
        if format == .json, !queue { throw ValidationError("'--format json' goes with '--queue'.") }
    }

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        do {
            let path = try SweepCommand.configurationPath(config, environment)
            let notifications = try Notifications(
                configuration: path, state: state ?? SweepStateFile.defaultPath(environment: environment),
                environment: environment)
            if let warning = notifications.warning { Output.complain("notify: \(SafeText.line(warning))") }
            var courier = notifications.courier
            if !names.isEmpty {
                for name in names where !courier.receivers.contains(where: { $0.name == name }) {
                    let known = courier.receivers.map(\.name).joined(separator: ", ")
                    throw SweepError(
                        .configuration,
                        "no receiver is named '\(name)'" + (known.isEmpty ? "" : "; there are \(known)"))
                }
                courier = courier.only(names)
            }
            if queue { return show(courier) }
            if courier.receivers.isEmpty {
                throw SweepError(
                    .configuration, "\(path) names nobody to tell: 'notify:' is missing. See 'faultline sweep --init'")
            }
            try test ? sendTest(courier) : sendAll(courier)
        } catch let error as SweepError {
            Output.complain(SafeText.line(error.description))
            throw ExitCode(ExitStatus.usage)
        } catch let error as NotifyError {
            Output.complain("notify: \(SafeText.line(error.description))")
            throw ExitCode(ExitStatus.incomplete)
        }
    }

    private func sendTest(_ courier: Courier) throws {
        var isWhole = true
        for receiver in courier.receivers {
            let name = "\(receiver.name) (\(SafeText.line(courier.place(of: receiver))))"
            switch courier.test(receiver) {
            case .delivered: Output.write("\(name): delivered\n")
            case .refused(let problem), .failed(let problem, _, _):
                isWhole = false
                Output.write("\(name): not delivered: \(SafeText.line(problem))\n")
            }
        }
        if !isWhole { throw ExitCode(ExitStatus.incomplete) }
    }

    private func sendAll(_ courier: Courier) throws {
        if failed {
            let count = try courier.revive()
            if count > 0 { Output.write("\(count) that had been given up \(count == 1 ? "waits" : "wait") again.\n") }
        }
        let report = try courier.deliver(flush: true, patience: 10)
        for delivery in report.delivered {
            Output.write(
                "\(delivery.receiver) (\(SafeText.line(delivery.place))): told of \(delivery.crashes) "
                    + "\(delivery.crashes == 1 ? "crash" : "crashes")\n")
        }
        Notifications.complain(report)
        Output.write(report.waiting == 0 ? "Nothing waits.\n" : "\(report.waiting) waiting.\n")
        if !report.troubles.isEmpty || !report.lost.isEmpty || report.waiting > 0 {
            throw ExitCode(ExitStatus.incomplete)
        }
    }

    private func show(_ courier: Courier) {
        var listing = courier.queue.listing()
        if !names.isEmpty {
            listing.waiting.removeAll { !names.contains($0.receiver) }
            listing.failed.removeAll { !names.contains($0.receiver) }
        }
        let text = QueueListing(
            waiting: listing.waiting, failed: listing.failed, receivers: Set(courier.receivers.map(\.name)))
        Output.write(format == .json ? text.json : text.plain)
    }
}
