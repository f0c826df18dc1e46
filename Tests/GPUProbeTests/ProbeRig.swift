#if os(Linux)
    import CrashModel
    import Foundation
    import Testing

    @testable import GPUProbe

    /// A recorder's side and a probe whose driver is false. Time is what the test says; only answers take real time.
    final class ProbeRig {
        let client: GPUProbeClient
        /// Seconds on the recorder's clock.
        var now = 1000.0

        enum Library: String {
            case fake = "libFakeNVML.so"
            case old = "libFakeOldNVML.so"
            case missing = "libNoSuchLibrary.so"
        }

        struct NoAnswer: Error {}

        init(
            _ behaviour: String = "", library: Library = .fake, root: String = "/nonexistent", details: Double = 30,
            environment: [String] = [], settings: GPUProbeClient.Settings = .init()
        ) {
            var arguments = [
                "--set", "FAULTLINE_NVML=" + Self.folder.appending(path: library.rawValue).path(),
                "--set", "FAKE_NVML=" + behaviour, "--root", root, "--details", "\(details)",
            ]
            for variable in environment { arguments += ["--set", variable] }
            client = GPUProbeClient(
                executable: Self.folder.appending(path: "gpu-probe-child").path(), arguments: arguments,
                settings: settings)
        }

        deinit { client.stop() }

        /// Where everything that was built lies, the tests among it.
        static var folder: URL { URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent() }

        /// One poll, at once.
        func poll(after seconds: Double = 0) throws -> GPUsSample? {
            now += seconds
            return try text(client.poll(now: now))?.sample
        }

        /// Polls until there is a line, with the recorder's clock standing still.
        func answer(after seconds: Double = 1) throws -> GPUsSample {
            now += seconds
            return try waitForLine().sample
        }

        func waitForLine() throws -> (text: String, sample: GPUsSample) {
            try wait { try self.text(self.client.poll(now: self.now)) }
        }

        /// Polls until something holds, for as long as the slowest machine needs.
        @discardableResult
        func wait<Value>(_ body: () throws -> Value?) throws -> Value {
            for _ in 0..<4000 {
                if let value = try body() { return value }
                usleep(5000)
            }
            throw NoAnswer()
        }

        /// Without asking for anything.
        func waitUntilCalling(_ call: ProbeCall, gpu: Int? = nil) throws {
            try wait { self.client.place == ProbePlace(call, gpu: gpu) ? true : nil }
        }

        private func text(_ line: UnsafeRawBufferPointer?) throws -> (text: String, sample: GPUsSample)? {
            guard let line else { return nil }
            #expect(line.count < ProbeLine.limit)
            #expect(line.allSatisfy { $0 >= 0x20 && $0 < 0x7f })
            return (String(decoding: line, as: UTF8.self), try JSONDecoder().decode(GPUsSample.self, from: Data(line)))
        }
    }

    /// A folder that stands for `/`.
    final class FakeRoot {
        let url = FileManager.default.temporaryDirectory.appending(path: "gpu-probe-" + UUID().uuidString)

        var path: String { url.path() }

        init(_ files: [String: String] = [:], links: [String: String] = [:]) throws {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            for (path, text) in files { try write(text, to: path) }
            for (path, target) in links {
                let link = url.appending(path: path)
                try FileManager.default.createDirectory(
                    at: link.deletingLastPathComponent(), withIntermediateDirectories: true)
                try FileManager.default.createSymbolicLink(atPath: link.path(), withDestinationPath: target)
            }
        }

        deinit { try? FileManager.default.removeItem(at: url) }

        func write(_ text: String, to path: String) throws {
            let file = url.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }

        /// A machine with a GPU of NVIDIA in a slot.
        static func withNVIDIADevice() throws -> FakeRoot {
            try FakeRoot([
                "sys/bus/pci/devices/0000:3b:00.0/vendor": "0x10de\n",
                "sys/bus/pci/devices/0000:3b:00.0/class": "0x030200\n",
            ])
        }
    }
#endif
