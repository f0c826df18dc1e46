// swift-tools-version: 6.2
import PackageDescription

// A newer compiler's new warnings should not keep anyone from building, but they keep a change from landing.
let warnings: [SwiftSetting] = Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]
let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + warnings

/// A room of the house: a library target with the strict settings.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], plugins: [Target.PluginUsage] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict, plugins: plugins)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "faultline",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "faultline", targets: ["faultline"]),
        // What the tests of GPUProbe load instead of a driver's library.
        .library(name: "FakeNVML", type: .dynamic, targets: ["FakeNVML"]),
        .library(name: "FakeOldNVML", type: .dynamic, targets: ["FakeOldNVML"]),
        // What tests preload into a recorder: a count of what it asks of the heap, a clock that can be set.
        .library(name: "PreloadedShims", type: .dynamic, targets: ["PreloadedShims"]),
        // What a test preloads into a writer of the ledger: a disk that fails.
        .library(name: "FaultyDisk", type: .dynamic, targets: ["FaultyDisk"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CPCRE2", pkgConfig: "libpcre2-8",
            providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        room("PCRE", ["CPCRE2"]),
        room("CrashModel"),
        .target(name: "CLiteralScan"),
        room("Literals", ["CLiteralScan"]),
        room("Rules", ["PCRE", "Literals", "CrashModel", .product(name: "Yams", package: "Yams")]),
        room("BuiltInRules", ["Rules", "CrashModel"], plugins: ["EmbedPatterns"]),
        room("Redaction", ["PCRE", "Literals", "Rules", "CrashModel"]),
        room("Dumps"),
        room("Logs", ["CSystemCalls", "CrashModel", "Dumps"]),
        room("Scanning", ["PCRE", "Literals", "Rules", "Logs", "Dumps", "CrashModel"]),
        room("Rereading", ["PCRE", "Literals", "Rules", "Logs", "CrashModel"]),
        room("Diagnosis", ["Rules", "Logs", "Scanning", "Dumps", "CrashModel"]),
        .target(name: "CSystemCalls"),
        room("Gzip", ["CZlib"]),
        room("Recorder", ["CSystemCalls", "GPUProbe", "Gzip"]),
        room("Recording", ["Gzip", "CrashModel"]),
        .target(name: "CGPUProbe"),
        room("GPUProbe", ["CGPUProbe", "CrashModel"]),
        room("History", ["Gzip", "CrashModel"]),
        room(
            "Sweeping",
            ["CrashModel", "Logs", "Scanning", .product(name: "Yams", package: "Yams")]),
        .target(name: "CDelivery"),
        room(
            "Notifying",
            ["CDelivery", "CrashModel", "Reporting", "Sweeping", .product(name: "Yams", package: "Yams")]),
        room("Following", ["CSystemCalls", "CrashModel", "Logs", "Scanning", "Sweeping"]),
        room("Reporting", ["CrashModel", .product(name: "Rainbow", package: "Rainbow")]),
        // Pages for browsers. Templates, style sheet and script are compiled in.
        .target(
            name: "HTMLReport",
            dependencies: ["CrashModel", "Reporting", .product(name: "Mustache", package: "swift-mustache")],
            resources: [.embedInCode("Templates")], swiftSettings: strict),
        .target(name: "CArchive"),
        room("Bundling", ["CArchive", "CrashModel", "Reporting"]),
        .executableTarget(
            name: "faultline",
            dependencies: [
                "CrashModel", "Rules", "BuiltInRules", "Logs", "Scanning", "Diagnosis", "Recorder", "Recording",
                "GPUProbe",
                "History", "Notifying", "Bundling", "Redaction", "Rereading", "Reporting", "HTMLReport", "Sweeping",
                "Following",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Times scans with few and many rules; see Benchmarks/.
        .executableTarget(
            name: "scan-benchmark", dependencies: ["Scanning", "BuiltInRules", "Rules", "Logs"],
            path: "Benchmarks/ScanBenchmark", swiftSettings: strict),

        // Measures how right the diagnoses of fixtures/ are, and what each rule does for it; see Evaluation/.
        .executableTarget(
            name: "evaluate",
            dependencies: [
                "Scanning", "Diagnosis", "BuiltInRules", "Rules", "Logs", "Recording", "CrashModel",
                .product(name: "Yams", package: "Yams"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Evaluation", exclude: ["expected.json"], swiftSettings: strict),

        // Writes patterns/*.yaml into the binary at build time, so that it runs anywhere alone.
        .executableTarget(name: "embed-patterns", dependencies: ["Rules", "CrashModel"], swiftSettings: strict),
        .plugin(name: "EmbedPatterns", capability: .buildTool(), dependencies: ["embed-patterns"]),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        tests("PCRE", ["PCRE"]),
        tests("CrashModel", ["CrashModel"]),
        tests("Literals", ["TestSupport", "Literals", "BuiltInRules", "Rules", "PCRE"]),
        tests("Rules", ["Rules", "BuiltInRules", "CrashModel"]),
        tests("Redaction", ["Redaction", "BuiltInRules", "Rules", "TestSupport"]),
        tests("Rereading", ["Rereading", "BuiltInRules", "Rules", "Logs"]),
        tests("Dumps", ["Dumps"]),
        tests("Logs", ["Logs", "CrashModel"]),
        tests(
            "Scanning", ["TestSupport", "Scanning", "BuiltInRules", "Literals", "Rules", "Logs", "PCRE", "CrashModel"]),
        tests("Diagnosis", ["Diagnosis", "Scanning", "BuiltInRules", "Rules", "Logs", "CrashModel"]),
        tests("Recording", ["TestSupport", "Recording", "Gzip", "CrashModel"]),
        tests("Recorder", ["Recorder", "Recording", "CrashModel", "Gzip"]),
        .target(name: "FakeNVML", dependencies: ["CGPUProbe"], path: "Tests/FakeNVML"),
        .target(name: "FakeOldNVML", dependencies: ["CGPUProbe"], path: "Tests/FakeOldNVML"),
        .target(name: "PreloadedShims", path: "Tests/PreloadedShims"),
        .executableTarget(
            name: "gpu-probe-child", dependencies: ["GPUProbe"], path: "Tests/GPUProbeChild", swiftSettings: strict),
        tests("GPUProbe", ["GPUProbe", "CGPUProbe", "gpu-probe-child", "CrashModel"]),
        .target(name: "FaultyDisk", path: "Tests/FaultyDisk"),
        .executableTarget(
            name: "ledger-writer-child", dependencies: ["History", "CrashModel"], path: "Tests/LedgerWriterChild",
            swiftSettings: strict),
        tests("History", ["TestSupport", "History", "Gzip", "CrashModel", "ledger-writer-child"]),
        tests(
            "Sweeping",
            ["TestSupport", "Sweeping", "Scanning", "Diagnosis", "BuiltInRules", "Rules", "Logs", "CrashModel"]),
        tests("Notifying", ["TestSupport", "Notifying", "Sweeping", "CrashModel"]),
        tests(
            "Following",
            ["TestSupport", "Following", "Scanning", "Diagnosis", "BuiltInRules", "Rules", "Logs", "CrashModel"]),
        tests("Reporting", ["TestSupport", "Reporting", "CrashModel"]),
        tests("HTMLReport", ["HTMLReport", "Reporting", "CrashModel"]),
        tests("Bundling", ["TestSupport", "Bundling", "Reporting", "CrashModel"]),
        tests("Evaluation", ["evaluate", "Rules", "Logs", "CrashModel"]),
        // Runs the built binary on fixtures/.
        tests(
            "EndToEnd",
            ["TestSupport", "faultline", "Recording", "CrashModel", .product(name: "Yams", package: "Yams")]),
    ]
)
