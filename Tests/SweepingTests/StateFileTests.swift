import Foundation
import Testing

@testable import Sweeping

@Suite("The state of sweeps")
struct StateFileTests {
    private func withPath(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "faultline-state-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder + "/deep/sweep.json")
    }

    @Test("is read as it was written, and is for its owner only")
    func roundTrip() throws {
        try withPath { path in
            let file = try SweepStateFile(path: path, patience: 0)
            #expect(try file.read() == SweepState())
            var state = SweepState()
            state.sweptAt = Date(timeIntervalSinceReferenceDate: 7)
            state.pending = [.init(id: "1", title: "t\u{1b}")]
            try file.write(state)
            #expect(try file.read() == state)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test("lets one sweep in at a time")
    func locked() throws {
        try withPath { path in
            let first = try SweepStateFile(path: path, patience: 0)
            let error = #expect(throws: SweepError.self) { try SweepStateFile(path: path, patience: 0.1) }
            #expect(error?.kind == .busy)
            #expect(error?.description.contains("another sweep is running") == true)
            withExtendedLifetime(first) {}
        }
    }

    @Test(
        "is not guessed at when it is damaged",
        arguments: ["", "{", "{\"schema\":\"faultline.sweep/1\",\"cursors\":[{}],\"pending\":[]}", "[1]", "\0\0\0"])
    func damaged(text: String) throws {
        try withPath { path in
            let file = try SweepStateFile(path: path, patience: 0)
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: SweepError.self) { try file.read() }
            #expect(error?.kind == .state)
        }
    }

    @Test("of another version is left alone")
    func version() throws {
        try withPath { path in
            let file = try SweepStateFile(path: path, patience: 0)
            try Data("{\"schema\":\"faultline.sweep/9\",\"cursors\":[],\"pending\":[]}".utf8)
                .write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: SweepError.self) { try file.read() }
            #expect(error?.description.contains("of another version (faultline.sweep/9)") == true)
        }
    }
}
