import ArgumentParser
import Foundation
import GPUProbe

/// The process in which `faultline record` asks the GPUs' drivers, because a driver can block for ever or crash.
struct GPUProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gpu-probe",
        abstract: "Answers each line of standard input with one line of JSON about the GPUs.",
        shouldDisplay: false)

    @Option(help: "The descriptor of the memory in which to tell which call is made.")
    var progress: Int32?

    func run() throws {
        Foundation.exit(GPUProbe.run(progressDescriptor: progress))
    }
}
