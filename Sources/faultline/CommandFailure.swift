import ArgumentParser
import Foundation
import History
import Reporting
import Rules

/// What kept a command that was called rightly from doing its work. It is told in one message, without the usage, which
/// would say nothing about it.
struct CommandFailure: Error {
    /// What happened, where, and what to do. Safe for a terminal.
    let message: String
    /// One of ``ExitStatus``.
    let status: Int32

    init(_ message: String, status: Int32) {
        self.message = message
        self.status = status
    }
}

extension Faultline {
    /// Says why the program ends, and ends it.
    ///
    /// - Parameter command: The one that ran; nil where there was none yet.
    static func exit(with error: any Error, of command: (any ParsableCommand)?) -> Never {
        switch error {
        case let failure as CommandFailure:
            Output.complain(failure.message)
            Foundation.exit(failure.status)
        case let problems as RuleProblems:
            Output.complain("the rules cannot be used:\n\(problems)")
            Foundation.exit(ExitStatus.usage)
        case let error as LedgerError:
            Output.complain(SafeText.line(error.description, limit: 2000))
            Foundation.exit(error.kind == .missing ? ExitStatus.usage : ExitStatus.incomplete)
        case let error as ValidationError where command != nil:
            // Found while the command ran: how to call this one belongs to it, and not how to call the program.
            Output.complain(error.message + usage(of: command), prefix: "Error: ")
            Foundation.exit(ExitStatus.usage)
        default: break
        }
        let code = exitCode(for: error)
        if code == .validationFailure {
            Output.complain(fullMessage(for: error), prefix: nil)
            Foundation.exit(ExitStatus.usage)
        }
        if !(error is ExitCode), code != .success {
            Output.complain("\(error)")
            Foundation.exit(ExitStatus.usage)
        }
        Self.exit(withError: error)
    }

    private static func usage(of command: (any ParsableCommand)?) -> String {
        guard let command else { return "" }
        let usage = usageString(for: type(of: command))
        // "faultline report [<options>]" names the command before its options.
        let name = usage.split(separator: " ").prefix { $0.first?.isLetter ?? false }
            .joined(separator: " ")
        return "\nUsage: \(usage)\n  See '\(name) --help' for more information."
    }
}
