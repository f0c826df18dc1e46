import Foundation
import Testing

/// Pages in a real browser. Where none is installed, nothing of this is run.
@Suite("The page in a browser", .enabled(if: Chromium.program != nil, "chromium is not installed"), .serialized)
struct ReportPageTests {
    static let fixtures = [
        "cuda-oom-one-rank", "sxid-fatal-then-xid-74", "nccl-watchdog-hang", "recorded-gpu-heat-then-lost",
        "recorded-host-oom", "host-oom-needs-kernel-log", "clean-teardown",
    ]

    static func page(of fixture: String, in folder: TemporaryFolder) throws -> URL {
        let place = "fixtures/" + fixture
        var arguments = ["report", place + "/logs", "--no-ledger", "-o", folder.url.path() + "/page.html"]
        if FileManager.default.fileExists(
            atPath: FaultlineProcess.packageFolder.appending(path: place + "/recording").path())
        {
            arguments += ["--recording", place + "/recording"]
        }
        let run = try FaultlineProcess.run(arguments)
        #expect(run.status == 0 && run.output.isEmpty, "\(run.complaint)")
        return folder.url.appending(path: "page.html")
    }

    /// Text that is too pale for its ground, by WCAG 2: 4.5, or 3 where it is large.
    static let pale = """
        (() => {
          const parse = (text) => { const m = text.match(/[\\d.]+/g); return m ? m.map(Number) : [0, 0, 0, 0]; };
          const light = ([r, g, b]) => { const f = (c) => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
            return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
          const ground = (node) => { for (; node; node = node.parentElement) { const c = parse(getComputedStyle(node).backgroundColor);
            if (c.length < 4 || c[3] > 0.99) return c; } return [255, 255, 255]; };
          const bad = new Set();
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let text = walker.nextNode(); text; text = walker.nextNode()) {
            const node = text.parentElement;
            if (!text.data.trim() || node.closest("script,style,title,[hidden],.quiet,.skip,#tip") || !node.getClientRects().length) continue;
            const style = getComputedStyle(node), isDrawn = node instanceof SVGElement;
            const [a, b] = [light(parse(isDrawn ? style.fill : style.color)), light(ground(node))].sort((x, y) => y - x);
            const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.6 && Number(style.fontWeight) >= 700);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < (isLarge ? 3 : 4.5)) bad.add(node.className + "/" + node.tagName + " " + ratio.toFixed(2) + " " + text.data.trim().slice(0, 30));
          }
          return [...bad].slice(0, 10);
        })()
        """

    @Test(
        "it asks for nothing, complains of nothing, its links lead somewhere, its text can be read", arguments: fixtures
    )
    func opens(fixture: String) throws {
        let folder = try TemporaryFolder()
        let file = try Self.page(of: fixture, in: folder)
        let browser = try Chromium()
        for (width, isDark) in [(1200, false), (1200, true), (390, false), (390, true)] {
            try browser.show(width: width, isDark: isDark)
            try browser.open(file)
            #expect(browser.complaints == [])
            #expect(browser.requests.filter { !$0.hasPrefix("data:") } == [file.absoluteString])
            #expect(try browser.value(Self.pale) as? [String] == [], "\(width) \(isDark ? "dark" : "light")")
            let excess = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            #expect(try browser.value(excess) as? Int == 0, "nothing is wider than the page")
        }
        let dead = """
            [...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute("href").slice(1))
              .filter(id => !document.getElementById(id))
            """
        #expect(try browser.value(dead) as? [String] == [])
        let unnamed = """
            [...document.querySelectorAll("button, a[href], [tabindex='0'], svg[role]")].filter(node =>
              !(node.getAttribute("aria-label") || node.textContent.trim() || node.getAttribute("aria-labelledby"))).length
            """
        #expect(try browser.value(unnamed) as? Int == 0)
        let levels = try browser.value("[...document.querySelectorAll('h1,h2,h3')].map(h => Number(h.tagName[1]))")
        let headings = try #require(levels as? [Int])
        #expect(headings.filter { $0 == 1 }.count == 1)
    }

    @Test("a click on a mark leads to its line; keys go from mark to mark; what is closed opens for its link")
    func script() throws {
        let folder = try TemporaryFolder()
        let file = try Self.page(of: "cuda-oom-one-rank", in: folder)
        let browser = try Chromium()
        try browser.show(width: 1200)
        try browser.open(file)
        let clicked = """
            (() => { const mark = document.querySelector('.m[data-part="root"]');
              mark.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, view: window }));
              return location.hash.slice(1) === mark.getAttribute("href").slice(1)
                && document.getElementById(location.hash.slice(1)).className; })()
            """
        #expect(try browser.value(clicked) as? String == "hit hit-root")
        let keys = """
            (() => { const mark = document.querySelector('.m[tabindex="0"]'); mark.focus();
              mark.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
              return [document.activeElement !== mark, document.querySelectorAll('.m[tabindex="0"]').length === 1,
                !document.getElementById("tip").hidden]; })()
            """
        #expect(try browser.value(keys) as? [Bool] == [true, true, true])
        let theme = """
            (() => { document.querySelector(".tools button").click(); return document.documentElement.dataset.theme; })()
            """
        #expect(try browser.value(theme) as? String == "dark")
        #expect(try browser.value(Self.pale) as? [String] == [])
    }

    @Test(
        "curves of a recording are there, on one axis, with the moment marked",
        arguments: fixtures.filter { $0.hasPrefix("recorded") })
    func charts(fixture: String) throws {
        let folder = try TemporaryFolder()
        let file = try Self.page(of: fixture, in: folder)
        let browser = try Chromium()
        try browser.show(width: 1200)
        try browser.open(file)
        let drawn = """
            (() => { const at = (s) => [...document.querySelectorAll(s)].map(n => Math.round(n.getBoundingClientRect().x));
              const flat = [...document.querySelectorAll(".curves path")].filter(p => p.getBoundingClientRect().width < 50).length;
              return [document.querySelectorAll(".chart").length, new Set(at(".chart .event")).size, flat]; })()
            """
        let numbers = try #require(try browser.value(drawn) as? [Int])
        #expect(numbers[0] >= 5)
        #expect(numbers[1] == 1)
        #expect(numbers[2] == 0)
    }

    @Test("without scripting all is there but comfort")
    func scriptless() throws {
        let folder = try TemporaryFolder()
        let file = try Self.page(of: "recorded-host-oom", in: folder)
        let browser = try Chromium()
        try browser.call("Emulation.setScriptExecutionDisabled", ["value": true])
        try browser.open(file)
        #expect(browser.complaints == [])
        let seen = """
            [document.querySelectorAll("button").length === 0, document.querySelectorAll(".m title").length > 2,
             document.querySelector(".headline").getClientRects().length > 0, document.querySelectorAll(".chart").length > 4]
            """
        #expect(try browser.value(seen) as? [Bool] == [true, true, true, true])
        let pages = try browser.call("Page.printToPDF", ["printBackground": true])
        let paper = try #require(Data(base64Encoded: pages["data"] as? String ?? ""))
        #expect(paper.starts(with: Array("%PDF".utf8)))
    }

    @Test("a hostile log of 64 ranks and ten thousand findings runs nothing, stays under 3 MB and opens in a second")
    func large() throws {
        let folder = try TemporaryFolder()
        let evil =
            "<script>alert(1)</script><img src=x onerror=alert(1)>\"' onclick=alert(1) \u{202e}http://evil.example/"
        for rank in 0..<64 {
            var lines = (0..<5).map { "2026-03-01 10:00:0\($0) [rank\(rank)]: step \($0) loss 2.0" }
            if rank == 17 {
                lines.append(
                    "2026-03-01 10:20:03 [rank17]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.44 GiB. "
                        + "GPU 1 has a total capacity of 79.11 GiB of which 2.71 GiB is free. \(evil)")
            } else {
                lines += (0..<160).map { index in
                    "2026-03-01 10:\(30 + index / 60):\(10 + index % 50) [rank\(rank)]:[E301 10:30:10.1 ProcessGroupNCCL.cpp:632] "
                        + "[Rank \(rank)] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=\(index), "
                        + "OpType=ALLREDUCE, NumelIn=1, Timeout(ms)=600000) ran for 600021 ms before timing out. \(evil)"
                }
            }
            try folder.write("logs/rank\(rank).log", lines.joined(separator: "\n") + "\n")
        }
        let run = try FaultlineProcess.run(["report", "logs", "--no-ledger", "-o", "page.html"], in: folder.url)
        #expect(run.status == 0, "\(run.complaint)")
        let file = folder.url.appending(path: "page.html")
        let size = try #require(try file.resourceValues(forKeys: [.fileSizeKey]).fileSize)
        #expect(size < 3_000_000)
        let browser = try Chromium()
        try browser.show(width: 1200)
        try browser.open(file)
        #expect(browser.complaints == [])
        #expect(browser.requests.filter { !$0.hasPrefix("data:") } == [file.absoluteString])
        let seconds = try browser.value("performance.timing.loadEventEnd - performance.timing.navigationStart") as? Int
        #expect(try #require(seconds) < 1000)
        let foreign =
            "[document.querySelectorAll('img,iframe,object,embed,[onclick],[onerror]').length, document.scripts.length]"
        #expect(try browser.value(foreign) as? [Int] == [0, 1])
        #expect(try browser.value("document.querySelectorAll('.chip').length") as? Int == 64)
        #expect(try browser.value("document.querySelector('.chip-first').textContent.includes('17')") as? Bool == true)
        #expect(try browser.value("document.body.textContent.includes('‹U+202E›')") as? Bool == true)
    }

    @Test("--all writes a page for each failure and one over all, whose links lead to them")
    func all() throws {
        let folder = try TemporaryFolder()
        let ledger = folder.url.path() + "/ledger.jsonl"
        for fixture in ["cuda-oom-one-rank", "xid-79-fallen-off", "host-oom-needs-kernel-log"] {
            _ = try FaultlineProcess.run(["scan", "fixtures/\(fixture)/logs", "--ledger", ledger])
        }
        let run = try FaultlineProcess.run(["report", "--all", "-o", folder.url.path() + "/pages", "--ledger", ledger])
        #expect(run.status == 0 && run.output.isEmpty, "\(run.complaint)")
        let index = folder.url.appending(path: "pages/index.html")
        let browser = try Chromium()
        for (width, isDark) in [(1200, false), (390, true)] {
            try browser.show(width: width, isDark: isDark)
            try browser.open(index)
            #expect(browser.complaints == [])
            #expect(try browser.value(Self.pale) as? [String] == [])
            #expect(
                try browser.value("document.documentElement.scrollWidth - document.documentElement.clientWidth") as? Int
                    == 0)
        }
        let links = try #require(
            try browser.value("[...document.querySelectorAll('.toc a')].map(a => a.getAttribute('href'))") as? [String])
        #expect(links.count >= 3)
        for link in links {
            let page = folder.url.appending(path: "pages/" + link)
            try browser.open(page)
            #expect(browser.complaints == [])
            #expect(
                try browser.value("document.querySelector('.tools a').getAttribute('href')") as? String == "index.html")
        }
    }
}

/// What needs no browser.
@Suite("Pages on the command line")
struct ReportPageCommandTests {
    @Test(
        "wrong usage of --all is said, before anything is written",
        arguments: [
            (["--all"], "-o DIR"), (["--all", "-o", "-"], "-o DIR"),
            (["--all", "-o", "x", "last"], "name no incident"),
            (["--all", "-o", "x", "--format", "json"], "HTML only"),
        ])
    func usage(arguments: [String], words: String) throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        let run = try FaultlineProcess.run(["report"] + arguments + ["--ledger", "l.jsonl"], in: folder.url)
        #expect(run.status == 2 || run.status == 64)
        #expect(run.complaint.contains(words), "\(run.complaint)")
        #expect(!FileManager.default.fileExists(atPath: folder.url.path() + "/x"))
    }

    @Test("an empty ledger makes an index without a failure; names are taken out of pages and index alike")
    func empty() throws {
        let folder = try TemporaryFolder()
        let ledger = folder.url.path() + "/ledger.jsonl"
        let pages = folder.url.path() + "/pages"
        _ = try FaultlineProcess.run(["report", "--all", "-o", pages, "--ledger", ledger])
        #expect(try String(contentsOfFile: pages + "/index.html", encoding: .utf8).contains("The ledger holds none."))
        let logs = "fixtures/host-oom-needs-kernel-log/logs"
        _ = try FaultlineProcess.run(["scan", logs, "--ledger", ledger])
        let plain = try FaultlineProcess.run(["report", "last", "--ledger", ledger, "--format", "html"])
        #expect(plain.output.hasPrefix("<!DOCTYPE html>") && plain.output.contains("gpu-a12"))
        let run = try FaultlineProcess.run(["report", "--all", "-o", pages, "--ledger", ledger, "--redact-names"])
        #expect(run.status == 0, "\(run.complaint)")
        for name in try FileManager.default.contentsOfDirectory(atPath: pages) {
            #expect(try !String(contentsOfFile: pages + "/" + name, encoding: .utf8).contains("gpu-a12"), "\(name)")
        }
    }
}
