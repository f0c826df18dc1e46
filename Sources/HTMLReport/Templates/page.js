"use strict";
(() => {
  const doc = document, root = doc.documentElement;
  const all = (selector, within = doc) => Array.from(within.querySelectorAll(selector));
  const make = (name, text) => { const node = doc.createElement(name); node.textContent = text; return node; };
  const button = (text) => { const node = make("button", text); node.type = "button"; return node; };

  // Light and dark: as the system says, until one chooses.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
  const tools = doc.querySelector(".tools");
  if (tools) {
    const toggle = button("");
    const name = () => { toggle.textContent = isDark() ? "Light" : "Dark"; toggle.setAttribute("aria-label", "Use " + (isDark() ? "light" : "dark") + " colours"); };
    toggle.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; name(); });
    dark.addEventListener("change", name);
    name();
    tools.append(toggle);
  }

  // A link into something that is closed opens it.
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && doc.getElementById(id);
    all(".log li.target").forEach((line) => line.classList.remove("target"));
    if (!target) return;
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    if (target.matches(".log li")) target.classList.add("target");
    target.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  // What is closed would be missing on paper.
  let opened = [];
  addEventListener("beforeprint", () => { opened = all("details:not([open]):not(.samples):not(.aside)"); opened.forEach((d) => { d.open = true; }); });
  addEventListener("afterprint", () => { opened.forEach((d) => { d.open = false; }); });

  // Copying.
  const copies = (after, text) => {
    if (!navigator.clipboard) return;
    const copy = button("Copy");
    copy.addEventListener("click", () => {
      navigator.clipboard.writeText(text()).then(() => { copy.textContent = "Copied"; setTimeout(() => { copy.textContent = "Copy"; }, 1500); }, () => { copy.textContent = "Could not copy"; });
    });
    after.after(copy);
  };
  all(".cmd").forEach((command) => copies(command, () => command.textContent.trim()));
  all(".excerpt .log").forEach((log) => copies(log.closest(".excerpt").querySelector(".source"), () => all("code", log).map((line) => line.textContent).join("\n")));

  // The tip, which says what a mark is.
  const tip = doc.createElement("div");
  tip.id = "tip"; tip.hidden = true; tip.setAttribute("aria-hidden", "true");
  doc.body.append(tip);
  const show = (box, parts) => {
    tip.replaceChildren(...parts);
    tip.hidden = false;
    const width = tip.offsetWidth, left = Math.min(Math.max(8, box.x - width / 2), root.clientWidth - width - 8);
    tip.style.left = Math.max(4, left) + scrollX + "px";
    tip.style.top = (box.y - tip.offsetHeight - 14 > 0 ? box.y - tip.offsetHeight - 14 : box.y + 18) + scrollY + "px";
  };
  const hide = () => { tip.hidden = true; };
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  all(".timeline").forEach((figure) => {
    const marks = all(".m", figure).sort((a, b) => a.getBoundingClientRect().x - b.getBoundingClientRect().x);
    marks.forEach((mark) => {
      const [words, line] = mark.querySelector("title").textContent.split("\n");
      mark.setAttribute("aria-label", words);
      mark.querySelector("title").remove();
      const tell = () => {
        const box = mark.getBoundingClientRect();
        show({ x: box.x + box.width / 2, y: box.y }, [make("span", words), make("code", line)]);
      };
      mark.addEventListener("pointerenter", tell);
      mark.addEventListener("pointerleave", hide);
      mark.addEventListener("focus", tell);
      mark.addEventListener("blur", hide);
    });
    // One stop for the tab key; arrows go from mark to mark.
    const links = marks.filter((mark) => mark.hasAttribute("href"));
    const start = links.find((mark) => mark.dataset.part === "root") || links[0];
    if (start) start.setAttribute("tabindex", "0");
    links.forEach((mark, index) => mark.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = step && links[index + step];
      if (!next) return;
      event.preventDefault();
      mark.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus({ preventScroll: true });
    }));
    // What is not asked for fades.
    all(".key", figure).forEach((key) => {
      const part = key.dataset.part, toggle = button("");
      toggle.append(...key.childNodes);
      toggle.setAttribute("aria-pressed", "true");
      toggle.title = "Show or fade";
      toggle.addEventListener("click", () => {
        const isOn = toggle.getAttribute("aria-pressed") !== "true";
        toggle.setAttribute("aria-pressed", String(isOn));
        marks.filter((mark) => mark.dataset.part === part).forEach((mark) => mark.classList.toggle("off", !isOn));
        const story = figure.closest("section");
        all(".story .mark-" + part, story).forEach((mark) => { mark.closest("li").hidden = !isOn; });
      });
      key.replaceChildren(toggle);
    });
  });

  // The values under the pointer, from the table that holds them all.
  all(".machine").forEach((section) => {
    const rows = all(".values tbody tr", section).map((row) => ({ row, x: Number(row.dataset.x) }));
    if (!rows.length) return;
    const names = all(".values thead th", section).slice(1).map((cell) => cell.textContent);
    all(".chart .plot", section).forEach((plot) => {
      const seen = all(".seen", plot).map((band) => {
        const words = band.querySelector("title").textContent, from = parseFloat(band.getAttribute("x"));
        band.querySelector("title").remove();
        return { words, from: from - 0.6, to: from + parseFloat(band.getAttribute("width")) + 0.6 };
      });
      const shown = new Set(all(".series .name", plot.closest("figure")).map((cell) => cell.textContent));
      plot.addEventListener("pointermove", (event) => {
        const box = plot.getBoundingClientRect(), x = (event.clientX - box.x) / box.width * 100;
        const near = rows.reduce((best, row) => Math.abs(row.x - x) < Math.abs(best.x - x) ? row : best);
        const cells = all("td", near.row);
        const lines = names.map((name, index) => [name, cells[index]]).filter(([name, cell]) => cell && shown.has(name));
        show({ x: event.clientX, y: box.y + 20 }, [make("strong", near.row.querySelector("th").textContent), ...lines.map(([name, cell]) => make("div", name + ": " + cell.textContent)), ...seen.filter((band) => band.from <= x && x <= band.to).map((band) => make("em", band.words))]);
      });
      plot.addEventListener("pointerleave", hide);
    });
  });
})();
