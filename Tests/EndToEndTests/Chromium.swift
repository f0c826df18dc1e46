import Foundation

/// A real browser without a window, driven through its debugging pipe: JSON messages that end in a zero byte.
final class Chromium {
    struct Refusal: Error, CustomStringConvertible {
        var description: String
    }

    /// The browser of this machine; nil where there is none.
    static let program: String? = {
        let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        for name in names {
            for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
                return "\(folder)/\(name)"
            }
        }
        return nil
    }()

    private let process = Process()
    private let folder: TemporaryFolder
    private let toBrowser: FileHandle
    private let fromBrowser: FileHandle
    private var pending = Data()
    private var session: String?
    private var sent = 0
    /// What the browser told of its own accord since the page was opened.
    private(set) var events: [(method: String, parameters: [String: Any])] = []

    init() throws {
        guard let program = Self.program else { throw Refusal(description: "no browser") }
        folder = try TemporaryFolder()
        let (orders, answers) = (folder.url.path() + "/orders", folder.url.path() + "/answers")
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        guard mkfifo(orders, 0o600) == 0, mkfifo(answers, 0o600) == 0 else { throw Refusal(description: "no pipe") }
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c",
            "exec \"$0\" --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking "
                + "--remote-debugging-pipe --host-resolver-rules='MAP * ~NOTFOUND' --user-data-dir=\"$1/profile\" "
                + "about:blank 3<\"$1/orders\" 4>\"$1/answers\" 2>/dev/null",
            program, folder.url.path(),
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        // Both ends are opened in the order in which the shell opens them.
        toBrowser = try FileHandle(forWritingTo: URL(filePath: orders))
        fromBrowser = try FileHandle(forReadingFrom: URL(filePath: answers))
        let targets = try call("Target.getTargets")["targetInfos"] as? [[String: Any]] ?? []
        guard let page = targets.first(where: { $0["type"] as? String == "page" })?["targetId"] as? String else {
            throw Refusal(description: "the browser has no page")
        }
        session = try call("Target.attachToTarget", ["targetId": page, "flatten": true])["sessionId"] as? String
        // A window that nobody looks at has no focus of its own.
        try call("Emulation.setFocusEmulationEnabled", ["enabled": true])
        for domain in ["Page", "Runtime", "Log", "Network"] { try call(domain + ".enable") }
    }

    deinit {
        _ = try? call("Browser.close")
        process.waitUntilExit()
    }

    @discardableResult
    func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        sent += 1
        var message: [String: Any] = ["id": sent, "method": method, "params": parameters]
        if let session, !method.hasPrefix("Browser."), !method.hasPrefix("Target.") { message["sessionId"] = session }
        try toBrowser.write(contentsOf: JSONSerialization.data(withJSONObject: message) + [0])
        while true {
            let answer = try read()
            guard answer["id"] as? Int == sent else { continue }
            if let error = answer["error"] { throw Refusal(description: "\(method): \(error)") }
            return answer["result"] as? [String: Any] ?? [:]
        }
    }

    private func read() throws -> [String: Any] {
        while true {
            if let end = pending.firstIndex(of: 0) {
                let message = pending[pending.startIndex..<end]
                pending = Data(pending[pending.index(after: end)...])
                let answer = try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
                if let method = answer["method"] as? String {
                    events.append((method, answer["params"] as? [String: Any] ?? [:]))
                }
                return answer
            }
            let more = fromBrowser.availableData
            if more.isEmpty { throw Refusal(description: "the browser ended") }
            pending += more
        }
    }

    /// Opens a file and waits until it is shown.
    ///
    /// - Returns: Seconds until then.
    @discardableResult
    func open(_ file: URL) throws -> Double {
        events = []
        let start = Date()
        try call("Page.navigate", ["url": file.absoluteString])
        while !events.contains(where: { $0.method == "Page.loadEventFired" }) { _ = try read() }
        return Date().timeIntervalSince(start)
    }

    /// The value of an expression of JavaScript.
    func value(_ expression: String) throws -> Any? {
        let result = try call("Runtime.evaluate", ["expression": expression, "returnByValue": true])
        if let fault = result["exceptionDetails"] { throw Refusal(description: "\(fault)") }
        return (result["result"] as? [String: Any])?["value"]
    }

    func show(width: Int, isDark: Bool = false) throws {
        try call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500])
        try call(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]]])
    }

    /// What the page said on the console, threw, or was refused.
    var complaints: [String] {
        events.filter { ["Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"].contains($0.method) }
            .map { "\($0.parameters)" }
    }

    /// What the page asked for.
    var requests: [String] {
        events.filter { $0.method == "Network.requestWillBeSent" }
            .compactMap { ($0.parameters["request"] as? [String: Any])?["url"] as? String }
    }
}
