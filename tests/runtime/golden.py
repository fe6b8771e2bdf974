# SPDX-License-Identifier: GPL-2.0-only
"""golden.py [--write] PROGRAM VERSION : what formats_golden writes, in every format and style, is what it was (TAP).

The files lie in tests/runtime/golden.  Long runs of one letter are told by their number, the style sheets and scripts
of pages are left out, and pprof's message is unpacked; everything else is there to the byte.  --write makes them new,
for a person to read the difference before it is committed.
"""
import difflib
import gzip
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from formats_check import packed, protobuf  # noqa: E402

FOLDER = os.path.join(os.path.dirname(os.path.realpath(__file__)), "golden")
NAMES = ["text:awl", "text:bpftrace", "text:ply", "text:dtrace", "text:bcc", "json:awl", "json:bpftrace", "csv", "tsv",
         "folded", "flamegraph", "html", "speedscope", "chrome", "firefox", "pprof", "openmetrics", "difference"]


def unpacked(message):
    """A profile as lines: strings by their number, and of all else the fields."""
    fields = protobuf(message)
    lines = [f"string {i} {text.decode()}" for i, text in enumerate(fields.pop(6))]
    for number, values in sorted(fields.items()):
        for value in values:
            inner = value if isinstance(value, int) else protobuf(value)
            if number == 2:
                inner = {key: [packed(part) if isinstance(part, bytes) else part for part in parts] for key, parts in inner.items()}
            lines.append(f"field {number} {inner}")
    return "\n".join(lines) + "\n"


def told(name, raw, version):
    text = unpacked(gzip.decompress(raw)) if name == "pprof" else raw.decode("utf-8", "strict")
    text = re.sub(r"x{100,}", lambda run: f"<{len(run[0])} times x>", text)
    text = re.sub(r"(<style>).*?(</style>)", r"\1...\2", text, flags=re.DOTALL)
    text = re.sub(r"(<script>).*?(</script>)", r"\1...\2", text, flags=re.DOTALL)
    return text.replace(version, "VERSION")


def main(program, version, write):
    print(f"1..{len(NAMES)}")
    failed = False
    for number, name in enumerate(NAMES, 1):
        raw = subprocess.run([program, name], check=True, stdout=subprocess.PIPE).stdout
        got, path = told(name, raw, version), os.path.join(FOLDER, name.replace(":", "-"))
        if write:
            with open(path, "w", newline="") as file:
                file.write(got)
        with open(path, newline="") as file:
            want = file.read()
        same = got == want
        failed |= not same
        print(f"{'ok' if same else 'not ok'} {number} - {name} is as it was")
        for line in list(difflib.unified_diff(want.split("\n"), got.split("\n"), "golden", "now", lineterm=""))[:40]:
            print("# " + line[:200])
    return failed


if __name__ == "__main__":
    arguments = [word for word in sys.argv[1:] if word != "--write"]
    sys.exit(main(*arguments, "--write" in sys.argv))
