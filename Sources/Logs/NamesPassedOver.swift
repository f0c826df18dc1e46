/// What a name alone says about whether a folder's entry can be a log.
///
/// Only for what lies below a folder that the user named; a file that the user names is always read, unless it is an
/// archive.
enum NamesPassedOver {
    /// Why the file is passed over, or nil.
    static func problem(withFile name: String) -> String? {
        if name.hasPrefix(".") { return "hidden" }
        var parts = name.lowercased().split(separator: ".").map(String.init)
        var ending = parts.count > 1 ? parts.removeLast() : ""
        if Compression.endings.contains(ending), parts.count > 1 { ending = parts.removeLast() }
        if ending == "tgz" || ending == "tar" { return BinarySniffing.archive }
        if binary.contains(ending) { return "binary (.\(ending))" }
        if source.contains(ending) { return "not a log (.\(ending)): name it to have it read" }
        return nil
    }

    /// Why the folder is passed over, or nil.
    static func problem(withFolder name: String) -> String? {
        if name.hasPrefix(".") { return "hidden" }
        return packages.contains(name) ? "installed packages" : nil
    }

    /// Whether it is named as logs are; the numbers of rotation and of job ids count.
    static func isLikeLog(_ name: String) -> Bool {
        let parts = name.lowercased().split(separator: ".")
        return parts.dropFirst().contains { logs.contains(String($0)) || $0.allSatisfy(\.isNumber) }
            || ["syslog", "messages", "dmesg"].contains(parts.first.map(String.init) ?? "")
    }

    /// Whether a file that is passed over by its name deserves a look: flight recorders write pickles.
    static func mayBePickle(_ name: String) -> Bool {
        [".pkl", ".pickle", ".bin", ".pt"].contains { name.lowercased().hasSuffix($0) }
    }

    /// JSON is read when it holds records; settings, vocabularies and notebooks are not.
    static func isJSON(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.hasSuffix(".json") || name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson")
    }

    private static let logs: Set<String> = ["log", "out", "err", "txt", "stdout", "stderr"]

    private static let packages: Set<String> = ["node_modules", "site-packages", "dist-packages", "__pycache__"]

    private static let binary: Set<String> = [
        "pt", "pth", "bin", "safetensors", "ckpt", "npy", "npz", "pkl", "pickle", "h5", "hdf5", "onnx", "gguf", "ggml",
        "pb", "tflite", "engine", "plan", "distcp", "tfevents", "tfrecord", "tfrecords", "parquet", "arrow", "feather",
        "orc", "lmdb", "mdb", "db", "sqlite", "sqlite3", "idx", "nii", "dcm", "png", "jpg", "jpeg", "gif", "webp",
        "bmp",
        "tif", "tiff", "ico", "pdf", "mp3", "mp4", "wav", "flac", "ogg", "avi", "mov", "mkv", "webm", "so", "a",
        "dll", "dylib", "exe", "pyc", "pyd", "whl", "egg", "jar", "class", "zip", "7z", "rar", "deb", "rpm",
        "img", "ttf", "woff", "woff2", "nsys-rep", "qdrep", "ncu-rep", "vmcore",
    ]

    private static let source: Set<String> = [
        "py", "pyi", "ipynb", "c", "cc", "cpp", "cxx", "h", "hpp", "cu", "cuh", "js", "ts", "tsx", "rs", "go", "java",
        "swift", "rb", "jl", "lua", "md", "rst", "html", "htm", "css", "svg", "yaml", "yml", "toml", "ini", "cfg",
        "csv", "tsv", "lock", "tex", "proto", "cmake", "patch", "diff",
    ]
}
