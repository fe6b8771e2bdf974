# SPDX-License-Identifier: GPL-2.0-only
"""Opens the SVG flame graph and the HTML report in headless Chromium, clicks in them, and looks at what became of the
page. Skipped where Chromium is not installed (apt-get install chromium)."""
import html
import os
import shutil
import subprocess
import sys
import tempfile

# Each case: the file, what a user does (in the page), and what has to be true then. `told` collects the answers.
SVG = """
  const frame = (name) => [...document.querySelectorAll("g.f")].find((g) => g.dataset.n === name);
  const width = (g) => +g.querySelector("rect").getAttribute("width");
  const click = (node) => node.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  const key = (node, name) => node.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  const shown = () => [...document.querySelectorAll("g.f")].filter((g) => g.style.display !== "none").length;
  const all = shown(), before = width(frame("vfs_read"));
  tell("drawn", all > 20 && before > 10);
  click(frame("vfs_read"));
  tell("zoomed", width(frame("vfs_read")) > 1100 && shown() < all);
  tell("ancestors stay, faded", frame("dd").classList.contains("parent") && width(frame("dd")) > 1100);
  key(document.documentElement, "Escape");
  tell("Escape shows all again", shown() === all && Math.abs(width(frame("vfs_read")) - before) < 0.1);
  key(frame("dd"), "Enter");
  tell("Enter zooms", width(frame("dd")) > 1100);
  click(document.getElementById("reset"));
  tell("reset", shown() === all);
  window.prompt = () => "vfs_.*d$";
  click(document.getElementById("search"));
  tell("found", document.querySelectorAll("g.found").length === 2);
  tell("matched", /^matched: [0-9.]+%$/.test(document.getElementById("matched").textContent));
  window.prompt = () => "((";
  click(document.getElementById("search"));
  tell("a wrong pattern is plain text", document.querySelectorAll("g.found").length === 0);
"""

HTML = """
  const flame = document.querySelector(".flame");
  const frame = (name) => [...flame.children].find((part) => part.title.startsWith(name + " "));
  const key = (node, name) => node.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  const wide = (part) => part.style.width === "100%";
  tell("no name became markup", document.querySelectorAll("main b, main script, main img").length === 0);
  tell("sections", [...document.querySelectorAll("h2")].map((h) => h.textContent).join("|") ===
    "@ \\u2013 count|@lat \\u2013 quantize|@lin \\u2013 lquantize|@stats \\u2013 stats|@size \\u2013 stats|@text|@low|@high \\u2013 sum|@weights \\u2013 quantize|@few \\u2013 hist|@pct \\u2013 pct|@deviation \\u2013 stddev|printed|losses");
  tell("flame drawn", frame("dd") && wide(flame.children[0]));
  frame("dd").click();
  tell("zoomed", wide(frame("dd")) && !frame("<\\/script><b>"));
  tell("focus is on the frame", document.activeElement === frame("dd"));
  key(document.activeElement, "ArrowDown");
  tell("arrows walk", document.activeElement.title.startsWith("[libc.so.6]"));
  key(document.activeElement, "ArrowUp");
  key(document.activeElement, "Escape");
  tell("Escape shows all again", frame("<\\/script><b>") !== undefined);
  const search = document.querySelector("input[type=search]");
  search.value = "^vfs_read$";
  search.dispatchEvent(new Event("input"));
  tell("found", document.querySelectorAll(".flame .found").length >= 1);
  tell("matched", [...document.querySelectorAll("output")].some((o) => o.textContent === "matched: 78.26%"));
  const heats = document.querySelectorAll("svg.heat");
  tell("heat maps", heats.length === 2 && heats[0].querySelectorAll("rect").length > 2);
  const texts = [...document.querySelectorAll("section")].find((s) => s.querySelector("h2").textContent === "@text");
  const first = () => texts.querySelector("tbody td").textContent;
  const head = texts.querySelector("th button");
  head.click();
  tell("sorted", first() === "-9223372036854775808" && head.parentNode.getAttribute("aria-sort") === "ascending");
  head.click();
  tell("sorted down", first() === "1" && head.parentNode.getAttribute("aria-sort") === "descending");
  tell("all digits", document.body.textContent.includes("18446744073709551615"));
  tell("negative and open intervals", document.body.textContent.includes("\\u2264 -1") && document.body.textContent.includes("\\u2265 10"));
  tell("losses", document.querySelector(".note").textContent.startsWith("@: 3 updates were dropped"));
  tell("buttons and fields have names", [...document.querySelectorAll("button, input")].every((n) => n.textContent || n.getAttribute("aria-label")));
"""

DIFFERENCE = """
  const frame = (name) => [...document.querySelectorAll("g.f")].find((g) => g.dataset.n === name);
  const width = (g) => +g.querySelector("rect").getAttribute("width");
  const colour = (name) => frame(name).querySelector("rect").getAttribute("class")[0];
  tell("no name became markup", document.querySelectorAll("main b, main img").length === 0 && document.scripts.length <= 1);
  tell("title", document.querySelector("h1").textContent === "a<b>.json \\u2192 after.json");
  const rows = [...document.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent).join("|"));
  tell("grown", rows.some((row) => row.endsWith("|10|30|+20|+200.0%")));
  tell("new", rows.some((row) => row.startsWith("new\\\\x1b") && row.endsWith("|-|4|+4|new")));
  tell("percentiles", rows.includes("|10|10|p50 [512, 1023] -> [1024, 2047], p99 [1024, 2047] as before"));
  tell("what stays is not in a table", !rows.some((row) => row.startsWith("dd")));
  tell("red has grown, grey stayed", colour("<\\/script><b>") === "r" && colour("dd") === "n");
  frame("dd").dispatchEvent(new MouseEvent("click", { bubbles: true }));
  tell("zoomed", width(frame("dd")) > 1100);
  document.querySelector("svg").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  tell("Escape shows all again", width(frame("dd")) < 1100);
"""

# What is read stands out from the paper as WCAG wants it, by day and by night.
COLOURS = """
  const channel = (part) => part <= 0.04045 * 255 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4;
  const light = (colour) => {
    const [red, green, blue] = colour.match(/[0-9.]+/g).map(Number).map(channel);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const contrast = (node) => {
    const ink = light(getComputedStyle(node).color);
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  };
  tell("paper", WANTED);
  const texts = [...document.querySelectorAll("h1, h2, h3, td, dt, dd, th button, .note, output")];
  tell("text stands out", texts.length > 30 && texts.every((node) => contrast(node) >= 4.5));
"""

HARNESS = """
(() => {
  const told = [];
  const tell = (what, holds) => told.push((holds ? "ok " : "not ok ") + what);
  try { %s } catch (problem) { told.push("not ok " + problem); }
  document.documentElement.setAttribute("data-told", told.join("\\n"));
})();
"""


def answers(chromium, folder, name, document, *options):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(document)
    dom = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", *options,
                          f"--user-data-dir={folder}/profile", "--window-size=1300,900", "--virtual-time-budget=10000",
                          "--dump-dom", "file://" + path], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         timeout=300).stdout.decode("utf-8", "replace")
    start = dom.find('data-told="')
    assert start >= 0, "the page did not run: " + dom[:300]
    return html.unescape(dom[start + 11:dom.index('"', start + 11)]).split("\n")


def on_paper(chromium, folder, document):
    """The report as a document to print: Chromium makes pages of it, and text of all sections is on them."""
    with open(f"{folder}/page.html", "wb") as file:
        file.write(document)
    subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    f"--user-data-dir={folder}/profile", f"--print-to-pdf={folder}/page.pdf", f"file://{folder}/page.html"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
    with open(f"{folder}/page.pdf", "rb") as file:
        pages = file.read()
    yield ("ok" if pages.startswith(b"%PDF-") and pages.count(b"/Type /Page\n") > 1 else "not ok") + " pages to print"


def main(golden):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        print("1..0 # SKIP chromium is not installed")
        return 0
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for name, ending, script, at in (("flamegraph", "svg", SVG, b"</svg>"), ("html", "html", HTML, b"</body>"),
                                         ("difference", "html", DIFFERENCE, b"</body>"),
                                         ("html", "html", COLOURS.replace("WANTED", "paper > 0.9"), b"</body>"),
                                         ("html in the dark", "html", COLOURS.replace("WANTED", "paper < 0.05"), b"</body>")):
            options = ["--force-dark-mode"] if name.endswith("dark") else []
            document = subprocess.run([golden, name.split()[0]], check=True, stdout=subprocess.PIPE).stdout
            code = (HARNESS % script).encode()
            code = b"<script><![CDATA[" + code + b"]]></script>" if ending == "svg" else b"<script>" + code + b"</script>"
            head, found, tail = document.rpartition(at)
            assert found
            results += [f"{line} ({name})" for line in answers(chromium, folder, "page." + ending, head + code + found + tail, *options)]
        document = subprocess.run([golden, "html"], check=True, stdout=subprocess.PIPE).stdout
        results += [f"{line} (html)" for line in on_paper(chromium, folder, document)]
    print(f"1..{len(results)}")
    for number, line in enumerate(results, 1):
        word, what = ("ok", line[3:]) if line.startswith("ok ") else ("not ok", line[7:])
        print(f"{word} {number} - {what}")
    return any(line.startswith("not") for line in results)


sys.exit(main(sys.argv[1]))
