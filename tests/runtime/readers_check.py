# SPDX-License-Identifier: GPL-2.0-only
"""readers_check.py FORMATS_GOLDEN : what awl writes is opened by the programs that it is written for (TAP).

speedscope, as npm has it, is opened in headless Chromium with a profile in each of the forms that it reads: its own,
Chrome's trace events, folded stacks and pprof's. It says what it has found, by name and by weight. Its published schema
is asked, too, and `go tool pprof`. Where one of them is not installed, its tests are skipped (scripts/setup --test).
"""
import base64
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
VERSION = "1.25.0"
PLACES = [os.path.expanduser("~/.cache/awl/speedscope/node_modules"), "/usr/lib/node_modules", "/usr/local/lib/node_modules"]
# Every map that has weights, and their sum as speedscope writes it.
MAPS = {"@": "23", "@lat": "29", "@lin": "6", "@size": "8.00 KB", "@few": "9", "@deviation": "2"}
MICROSECONDS = {"@": "23.00µs", "@lat": "29.00µs", "@lin": "6.00µs", "@size": "8.19ms", "@few": "9.00µs", "@deviation": "2.00µs"}


class Skipped(Exception):
    pass


def speedscope():
    for place in PLACES:
        release = os.path.join(place, "speedscope", "dist", "release")
        if os.path.exists(os.path.join(release, "index.html")):
            return release
    raise Skipped(f"speedscope is not installed (npm install --prefix ~/.cache/awl/speedscope speedscope@{VERSION})")


def browser():
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        raise Skipped("chromium is not installed")
    return found


def opened(name, document):
    """The text of speedscope's page when it has opened the document."""
    release, chromium = speedscope(), browser()
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/profile.js", "w", encoding="ascii") as file:
            file.write(f'speedscope.loadFileFromBase64("{name}", "{base64.b64encode(document).decode()}")')
        page = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader",
                               f"--user-data-dir={folder}/user", "--window-size=1300,900", "--virtual-time-budget=10000",
                               "--dump-dom", f"file://{release}/index.html#localProfilePath={folder}/profile.js"],
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120).stdout
    text = re.sub(r"<style.*?</style>|<script.*?</script>", "", page.decode("utf-8", "replace"), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def has_profiles(text, wanted, suffix=""):
    for name, weight in wanted.items():
        assert re.search(rf" \d {re.escape(name)}{suffix} {re.escape(weight)} ", text + " "), (name, weight, text[:600])


def check_speedscope(write):
    has_profiles(opened("awl.json", write("speedscope")), MAPS)


def check_chrome(write):
    has_profiles(opened("awl.json", write("chrome")), MICROSECONDS, r" \(pid \d+, tid 0\)")


def check_folded(write):
    text = opened("awl.txt", write("folded"))
    assert "Left Heavy" in text and "awl.txt" in text, text[:600]  # else it would still show how to load something


def check_pprof_in_speedscope(write):
    text = opened("awl.pb.gz", write("pprof"))
    assert "Left Heavy" in text and "awl.pb.gz" in text, text[:600]


def check_schema(write):
    try:
        sys.path.append("/usr/lib/python3/dist-packages")
        import jsonschema
    except ImportError as missing:
        raise Skipped("python3-jsonschema is not installed") from missing
    with open(os.path.join(speedscope(), "file-format-schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    document = json.loads(write("speedscope"))
    jsonschema.validate(document, schema)
    document["profiles"][0]["type"] = "no such type"
    try:
        jsonschema.validate(document, schema)
    except jsonschema.ValidationError:
        return
    raise AssertionError("the schema is content with everything")


def check_go(write):
    if not shutil.which("go"):
        raise Skipped("go is not installed")
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/awl.pb.gz", "wb") as file:
            file.write(write("pprof"))

        def pprof(*words):
            return subprocess.run(["go", "tool", "pprof", *words, f"{folder}/awl.pb.gz"], check=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, env={**os.environ, "PPROF_TMPDIR": folder, "HOME": folder}).stdout.decode()

        raw, top = pprof("-raw"), pprof("-sample_index=@", "-top", "-cum")
    assert "@/count[dflt] @lat/count @lin/count @size/bytes" in raw, raw[:600]
    assert re.search(r" vfs_read +.*:0 s=0", raw) and "read dd.c:7" in raw, raw[:3000]
    assert re.search(r"^ +18 78\.26% +\S+ +18 78\.26% +vfs_read$", top, re.MULTILINE), top
    assert "of 23 total" in top, top


CHECKS = {"speedscope opens its own form": check_speedscope, "speedscope opens trace events": check_chrome,
          "speedscope opens folded stacks": check_folded, "speedscope opens pprof's form": check_pprof_in_speedscope,
          "speedscope's schema": check_schema, "pprof reads its own form": check_go}


def main(golden):
    print(f"1..{len(CHECKS)}", flush=True)
    failed = False
    for number, (title, check) in enumerate(CHECKS.items(), 1):
        try:
            check(lambda name: subprocess.run([golden, name], check=True, stdout=subprocess.PIPE).stdout)
            print(f"ok {number} - {title}", flush=True)
        except Skipped as why:
            print(f"ok {number} - {title} # SKIP {why}", flush=True)
        except Exception as problem:  # a reader may refuse in any way
            failed = True
            print(f"not ok {number} - {title}\n# {type(problem).__name__}: {str(problem)[:2000]}", flush=True)
    return failed


sys.exit(main(sys.argv[1]))
