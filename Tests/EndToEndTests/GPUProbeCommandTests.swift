import Foundation
import Testing

struct GPUProbeCommandTests {
    @Test func theProbeAnswersARequestWithOneLine() throws {
        let library = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "libFakeNVML.so").path()
        let run = try FaultlineProcess.run(
            ["gpu-probe"], input: Data("\n".utf8), environment: ["FAULTLINE_NVML": library, "FAKE_NVML": ""])
        #if os(Linux)
            #expect(run.status == 0)
            #expect(run.output.hasPrefix(#"{"status":"ok","driver":"nvidia 550.54.15","gpus":[{"index":0,"#))
            #expect(run.output.hasSuffix("}\n"))
            #expect(run.output.split(separator: "\n").count == 1)
        #else
            #expect(run.status == 69)
        #endif
    }

    @Test func theProbeIsNotShownToPeople() throws {
        let help = try FaultlineProcess.run(["--help"])
        #expect(!help.output.contains("gpu-probe"))
        #expect(help.output.contains("scan"))
    }
}
