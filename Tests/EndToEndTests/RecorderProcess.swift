#if os(Linux)
    import Foundation

    /// `faultline record` in the background, as a service manager would run it.
    final class RecorderProcess {
        let folder: TemporaryFolder
        private let process = Process()
        private let complaints: URL
        private(set) var startedAt = Date()

        var store: String { folder.url.path(percentEncoded: false) + "store" }
        var pid: Int32 { process.processIdentifier }
        var isRunning: Bool { process.isRunning }

        /// What it said on standard error so far.
        var complaint: String { (try? String(contentsOf: complaints, encoding: .utf8)) ?? "" }

        init(
            _ arguments: [String] = [], in folder: TemporaryFolder? = nil, store: String? = nil, binary: URL? = nil,
            environment: [String: String] = [:]
        ) throws {
            self.folder = try folder ?? TemporaryFolder()
            complaints = self.folder.url.appending(path: "complaints-\(UUID().uuidString)")
            try Data().write(to: complaints)
            process.executableURL = binary ?? FaultlineProcess.binary
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = try FileHandle(forWritingTo: complaints)
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            process.arguments =
                ["record", "--store", store ?? self.folder.url.path(percentEncoded: false) + "store"] + arguments
            startedAt = Date()
            try process.run()
        }

        deinit { if process.isRunning { kill(pid, SIGKILL) } }

        /// Sends a signal and waits for the end, which it returns: the exit status, or minus the signal.
        @discardableResult
        func end(_ signal: Int32) -> Int32 {
            kill(pid, signal)
            process.waitUntilExit()
            return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        }

        /// Waits until something holds; false when that takes too long.
        static func wait(seconds: Double = 30, until isDone: () throws -> Bool) rethrows -> Bool {
            let deadline = Date().addingTimeInterval(seconds)
            while Date() < deadline {
                if try isDone() { return true }
                usleep(20_000)
            }
            return false
        }

        /// The lines of all plain segments, in the order of writing.
        func lines() throws -> [Substring] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: store)) ?? []
            return try names.filter { $0.hasSuffix(".jsonl") }.sorted().flatMap {
                try String(contentsOfFile: store + "/" + $0, encoding: .utf8).split(separator: "\n")
            }
        }
    }
#endif
