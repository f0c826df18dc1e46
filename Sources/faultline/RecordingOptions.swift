import ArgumentParser
import Foundation
import Recording
import Reporting

/// Where recordings of machines are.
struct RecordingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A folder that 'faultline record' wrote, of the machine that the logs are of.", valueName: "dir"),
        completion: .directory)
    var recording: [String] = []

    func validate() throws {
        for folder in recording {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
                throw ValidationError(
                    "'--recording \(SafeText.line(folder))' is no folder; name one that 'faultline record' wrote.")
            }
        }
    }

    /// Those that are named; without any, what was recorded on this machine.
    func archive() -> RecordingArchive {
        var archive = RecordingArchive()
        for folder in recording { archive.add(RecordingStore(folder: folder), place: folder, isNamed: true) }
        if recording.isEmpty {
            let own = RecordingStore.defaultFolder(environment: ProcessInfo.processInfo.environment)
            if FileManager.default.fileExists(atPath: own) {
                archive.add(RecordingStore(folder: own), place: own, isNamed: false)
            }
        }
        return archive
    }
}
