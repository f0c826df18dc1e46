import CrashModel
import Foundation
import Testing

@testable import Logs

struct LogKindTests {
    @Test(
        "Content tells the kind",
        arguments: [
            ("[ 1.000000] Linux version 6.1\n[ 1.200000] ACPI: x", LogKind.kernel),
            ("Nov 21 04:15:12 vm kernel: a\nNov 21 04:15:12 vm systemd[1]: b", .kernel),
            ("Epoch 1: loss 0.3\nTraceback (most recent call last):", .training),
            ("slurmstepd: error: *** JOB 5 ON vm CANCELLED ***\nsrun: error: vm: task 1", .scheduler),
            ("E0326 15:43:36.380682 1 kubelet.go:1] a\nE0326 15:43:36.380682 1 containerd b", .container),
            ("hello\nworld", .unknown), ("", .unknown),
            ("Epoch 1\nEpoch 2\nEpoch 3\nslurmstepd: error: *** JOB 5 CANCELLED", .training),
        ])
    func kinds(_ text: String, _ kind: LogKind) {
        #expect(read(text).summary.kind == kind)
    }
}
