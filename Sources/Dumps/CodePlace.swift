/// A line of code as a stack names it. The text comes from the dumped process and is not cleaned.
public struct CodePlace: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// As stated, so also `Condition.wait` where the tool knows the class.
    public let function: String
    /// The path as stated: absolute, or relative to what Python imports from (py-spy shortens so).
    public let file: String
    /// `nil` where the tool does not know it, as for native frames.
    public let line: Int?

    public init(function: String, file: String, line: Int?) {
        self.function = String(function.prefix(Self.limit))
        self.file = String(file.prefix(4 * Self.limit))
        self.line = line
    }

    private static let limit = 200

    /// `load_batch (data.py:88)`, with the file's name alone.
    public var description: String {
        let name = file.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? file
        return line.map { "\(function) (\(name):\($0))" } ?? "\(function) (\(name))"
    }

    /// The function without its class.
    var bareFunction: Substring { function.split(separator: ".").last ?? Substring(function) }

    /// Whether PyTorch's own code stands here: installed, or built from source, or with a path that py-spy cut short.
    var isTorch: Bool {
        file.hasPrefix("torch/") || file.contains("-packages/torch/") || file.contains("/pytorch/torch/")
            || file.contains("/torch/distributed/") || file.contains("/torch/csrc/")
    }

    /// Whether this is neither PyTorch nor another installed library, nor Python's own, nor native code.
    var isUsers: Bool {
        isPython && !isTorch && !isStandard && !file.contains("-packages/")
            && (file.hasPrefix("/") || !Self.libraries.contains(top))
    }

    /// Whether a library calls here, or the user: Python code that is neither PyTorch's nor Python's own.
    var isCaller: Bool { isPython && !isTorch && !isStandard }

    private var isPython: Bool {
        file.hasSuffix(".py") || file.contains("ipykernel") || file.hasPrefix("<ipython") || file.hasSuffix(".ipynb")
    }

    private var isStandard: Bool {
        (file.contains("/lib/python") && !file.contains("-packages/")) || file.hasPrefix("<frozen")
            || (!file.hasPrefix("/") && Self.standard.contains(top))
    }

    private var top: String { file.split(separator: "/").first.map(String.init) ?? file }

    /// What a path that py-spy cut short begins with when it is the standard library's: the files that stand below a
    /// waiting call.
    private static let standard: Set<String> = [
        "_bootstrap.py", "asyncio", "codecs.py", "concurrent", "contextlib.py", "copy.py", "ctypes", "functools.py",
        "gzip.py", "http", "importlib", "io.py", "json", "logging", "multiprocessing", "os.py", "pathlib.py",
        "pickle.py", "queue.py", "random.py", "runpy.py", "selectors.py", "shutil.py", "signal.py", "socket.py",
        "socketserver.py", "ssl.py", "subprocess.py", "tarfile.py", "tempfile.py", "threading.py", "traceback.py",
        "typing.py", "urllib", "zipfile.py",
    ]

    /// The same of libraries that training code goes through.
    private static let libraries: Set<String> = [
        "PIL", "accelerate", "apex", "boto3", "botocore", "cv2", "datasets", "deepspeed", "fsspec", "horovod", "jax",
        "lightning", "numpy", "pandas", "pyarrow", "pytorch_lightning", "ray", "requests", "s3fs", "torchdata",
        "torchvision", "tqdm", "transformer_engine", "transformers", "triton", "urllib3", "wandb", "webdataset",
    ]
}
