import Foundation
import Recording

/// The recording of a case, whose files are named as someone who stands in its folder names them.
struct CaseRecording: RecordedSource {
    private let recording: RecordingStore
    private let place: String

    /// - Parameter place: The case's folder.
    init(place: String) {
        self.place = place
        recording = RecordingStore(folder: place + "/recording")
    }

    static func exists(in place: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: place + "/recording", isDirectory: &isFolder)
            && isFolder.boolValue
    }

    func stretch(from: Date, to: Date) throws -> RecordedStretch {
        var stretch = try recording.stretch(from: from, to: to)
        for index in stretch.samples.indices {
            stretch.samples[index].source.removeFirst(place.count + 1)
        }
        return stretch
    }
}
