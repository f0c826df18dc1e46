// The GPU probe alone, for its tests: `--set NAME=VALUE` chooses how the false driver behaves.
import GPUProbe

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

var progress: Int32?
var root = "/"
var detailInterval = 30.0
var arguments = CommandLine.arguments.dropFirst()
while let option = arguments.popFirst(), let value = arguments.popFirst() {
    switch option {
    case "--progress": progress = Int32(value)
    case "--root": root = value
    case "--details": detailInterval = Double(value) ?? 30
    case "--set":
        let parts = value.split(separator: "=", maxSplits: 1).map(String.init)
        if parts.count == 2 { setenv(parts[0], parts[1], 1) }
    default: exit(2)
    }
}
exit(GPUProbe.run(progressDescriptor: progress, root: root, detailInterval: detailInterval))
