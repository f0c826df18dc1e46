import ArgumentParser
import Foundation
import Recording

/// Where recordings of machines are.
struct RecordingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A folder that 'faultline record' wrote, of the machine that the logs are of.", valueName: "dir"))
    var recording: [String] = []

    /// Those that are named; without any, what was recorded on this machine.
    func archive() -> RecordingArchive {
        var archive = RecordingArchive()
        for folder in recording { archive.add(PlainRecording(folder: folder), place: folder, isNamed: true) }
        if recording.isEmpty {
            let own = Self.ownFolder(environment: ProcessInfo.processInfo.environment)
            if FileManager.default.fileExists(atPath: own) {
                archive.add(PlainRecording(folder: own), place: own, isNamed: false)
            }
        }
        return archive
    }

    private static func ownFolder(environment: [String: String]) -> String {
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (state ?? NSHomeDirectory() + "/.local/state") + "/faultline/recording"
    }
}
