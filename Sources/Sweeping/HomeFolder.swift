import Foundation

/// The folder that `~` stands for.
package enum HomeFolder {
    /// `HOME`, as a shell takes it; where there is none, as for some services, what the machine knows of its user.
    package static func path(environment: [String: String]) -> String {
        environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
    }
}
