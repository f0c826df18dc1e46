import CrashModel
import Testing

@testable import Following
