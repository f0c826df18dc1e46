import Foundation
public enum RecordingStore {
    public static func ownFolder(environment: [String: String]) -> String {
        (environment["HOME"] ?? "/tmp") + "/.local/state/faultline/recording"
    }
}
