# SPDX-License-Identifier: GPL-2.0-only
"""Reads what formats_golden writes in every format with parsers that are not ours, and holds it against the published
schemas, restated here in the words of their documents."""
import csv
import gzip
import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

HIGHEST, LOWEST = 2**64 - 1, -(2**63)
# (path from the root, weight) of the golden profile; None stands for a name that is too long to repeat.
STACKS = {17: ["dd", "[libc.so.6]", "main;loop", "read", "0xffffffff81000003", "ksys_read", "vfs_read"],
          1: ["</script><b>", "[libc.so.6]", "main;loop", "</title>]]>&\"'", "0xffffffff81000003", "ksys_read", "vfs_read"],
          2: ["-", "[libc.so.6]", "main;loop", None, "[lost]"],
          3: ["\\xff\\x1b[2J\\n", "[libc.so.6]", "main;loop", "read", "[no stack]"]}
PROFILE_MAPS = ["@", "@lat", "@lin", "@size", "@high", "@few", "@deviation"]


def has_stack(weight, names):
    want = STACKS[weight]
    assert len(names) == len(want), (weight, names)
    for name, expected in zip(names, want):
        assert name == (expected or "x" * 65536), (weight, name[:80])


def strict_json(text):
    def pairs(found):
        assert len(found) == len({name for name, _ in found}), "a name stands twice"
        return dict(found)
    return json.loads(text, object_pairs_hook=pairs)


def no_controls(text, allowed="\n"):
    bad = [c for c in text if not c.isprintable() and c not in allowed]
    assert not bad, f"control or invisible characters: {bad[:5]}"


def check_csv(raw):
    text = raw.decode("utf-8", "strict")
    no_controls(text, "\r\n")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    check_table(rows)
    assert text.count("\r\n") == len(rows), "RFC 4180 ends every record with CR LF"


def check_tsv(raw):
    text = raw.decode("utf-8", "strict")
    no_controls(text, "\t\n")
    check_table([line.split("\t") for line in text.split("\n")[:-1]])


def check_table(rows):
    head = "seconds record name key1 key2 key3 field low high value unit".split()
    assert rows[0] == head
    assert {len(row) for row in rows} == {len(head)}, "not rectangular"
    table = [dict(zip(head, row)) for row in rows[1:]]
    numbers = re.compile(r"-?[0-9]+$")
    for row in table:
        for name in ("key1", "key2", "key3", "value"):
            cell = row[name]
            assert not cell.startswith(("=", "+", "@")), f"a formula: {cell[:40]}"
            assert not cell.startswith("-") or numbers.match(cell) or cell == "-", f"a formula: {cell[:40]}"
    of = lambda name: [row for row in table if row["name"] == name and row["record"] == "map"]
    assert of("low")[0]["value"] == str(LOWEST) and of("high")[0]["value"] == str(HIGHEST)
    edges = [(row["low"], row["high"], row["value"]) for row in of("lin")]
    assert edges == [("", "-1", "1"), ("0", "9", "2"), ("10", "", "3")], edges
    assert {(row["low"], row["high"]) for row in of("lat")} >= {(str(LOWEST), str(LOWEST)), ("8", "15"), (str(2**63), str(HIGHEST))}
    assert len(of("lat")) == 3 * 2 * 6 and not of("empty")
    assert [row["value"] for row in of("stats")] == ["3", "-5", "-16"]
    assert [row["key2"] for row in of("text")][:2] == ["'=1+1", "'@SUM(A1)"]
    assert of("text")[2]["key2"] == 'a,"b"' and len(of("text")[3]["key2"]) == 65536


def check_folded(raw):
    """FlameGraph's own reading of a line: everything up to the last blank is the stack, the rest a number."""
    text = raw.decode("utf-8", "strict")
    no_controls(text)
    found = {}
    for line in text[:-1].split("\n"):
        match = re.match(r"^(.*)\s+?(\d+(?:\.\d*)?)$", line)
        assert match, line[:80]
        frames = match.group(1).split(";")
        assert all(frames), f"an empty frame: {line[:80]}"
        found.setdefault(frames[0], []).append((frames[1:], int(match.group(2))))
    assert set(found) == set(PROFILE_MAPS), set(found)
    assert sorted(weight for _, weight in found["@"]) == [1, 2, 3, 17]
    for frames, weight in found["@"]:
        plain = [re.sub(r"_\[[ik]\]$", "", frame) for frame in frames]
        want = [name and name.replace(";", ":") for name in STACKS[weight]]
        assert plain == [name or "x" * 65536 for name in want], (weight, plain[:3])
        if weight == 17:
            assert frames[-1] == "vfs_read_[k]" and frames[-2] == "ksys_read_[i]" and frames[3] == "read"


def check_speedscope(raw):
    document = strict_json(raw.decode())
    assert document["$schema"] == "https://www.speedscope.app/file-format-schema.json"
    frames = document["shared"]["frames"]
    assert all(isinstance(frame["name"], str) and set(frame) <= {"name", "file", "line", "col"} for frame in frames)
    assert [profile["name"] for profile in document["profiles"]] == PROFILE_MAPS
    for profile in document["profiles"]:
        assert profile["type"] == "sampled"
        assert profile["unit"] in {"none", "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes"}
        assert len(profile["samples"]) == len(profile["weights"]) > 0
        assert profile["endValue"] - profile["startValue"] == min(sum(profile["weights"]), HIGHEST)
        assert all(0 <= index < len(frames) for sample in profile["samples"] for index in sample)
    first = document["profiles"][0]
    for sample, weight in zip(first["samples"], first["weights"]):
        has_stack(weight, [frames[index]["name"] for index in sample])


def check_chrome(raw):
    document = strict_json(raw.decode())
    events = document["traceEvents"]
    needed = {"X": {"ts", "dur"}, "i": {"ts", "s"}, "C": {"ts", "args"}, "M": {"args"}}
    for event in events:
        assert {"name", "ph", "pid", "tid"} <= set(event) and needed[event["ph"]] <= set(event), event
    slices = [event for event in events if event["ph"] == "X" and event["pid"] == 2]
    open_slices = []
    for event in slices:  # parents come first, and children lie inside of them
        while open_slices and open_slices[-1]["ts"] + open_slices[-1]["dur"] <= event["ts"]:
            open_slices.pop()
        if open_slices:
            assert event["ts"] + event["dur"] <= open_slices[-1]["ts"] + open_slices[-1]["dur"]
        open_slices.append(event)
        if event["name"] == "vfs_read" and event["dur"] == 17:
            has_stack(17, [parent["name"] for parent in open_slices])
    assert sum(event["dur"] for event in slices if event["name"] == "vfs_read") == 18
    counters = [event["args"]["value"] for event in events if event["ph"] == "C"]
    assert counters == [7, 10, 10, 13], counters
    assert [event["name"] for event in events if event["ph"] == "i"][1:] == ["-5, =cmd", "12:00:00"]


def columns(table, names):
    assert set(names) <= set(table), set(names) - set(table)
    for name in names:
        assert len(table[name]) == table["length"], f"{name} has not the length of its table"
    return table


def check_firefox(raw):
    profile = strict_json(raw.decode())
    assert profile["meta"]["preprocessedProfileVersion"] == 48 and profile["meta"]["symbolicated"] is True
    assert [thread["name"] for thread in profile["threads"]] == PROFILE_MAPS
    for thread in profile["threads"]:
        strings = thread["stringArray"]
        functions = columns(thread["funcTable"], ["name", "isJS", "relevantForJS", "resource", "fileName", "lineNumber", "columnNumber"])
        frames = columns(thread["frameTable"], ["address", "inlineDepth", "category", "subcategory", "func", "nativeSymbol",
                                                "innerWindowID", "implementation", "line", "column"])
        stacks = columns(thread["stackTable"], ["frame", "category", "subcategory", "prefix"])
        samples = columns(thread["samples"], ["stack", "time", "weight"])
        resources = columns(thread["resourceTable"], ["lib", "name", "host", "type"])
        columns(thread["markers"], ["data", "name", "startTime", "endTime", "phase", "category"])
        columns(thread["nativeSymbols"], ["libIndex", "address", "name", "functionSize"])
        assert isinstance(thread["pid"], str) and samples["weightType"] in {"samples", "tracing-ms", "bytes"}
        assert all(prefix is None or prefix < i for i, prefix in enumerate(stacks["prefix"])), "a prefix comes before"
        assert all(category < len(profile["meta"]["categories"]) for category in stacks["category"] + frames["category"])
        assert all(-1 <= resource < resources["length"] for resource in functions["resource"])
        if thread["name"] != "@":
            continue
        for stack, weight in zip(samples["stack"], samples["weight"]):
            names = []
            while stack is not None:
                names.append(strings[functions["name"][frames["func"][stacks["frame"][stack]]]])
                stack = stacks["prefix"][stack]
            has_stack(weight, names[::-1])


def protobuf(data):
    """Fields of a message: number to the list of its values, integers or bytes."""
    fields, at = {}, 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            value = varint()
        else:
            assert key & 7 == 2, f"wire type {key & 7}"
            size = varint()
            value = data[at:at + size]
            assert len(value) == size
            at += size
        fields.setdefault(key >> 3, []).append(value)
    return fields


def packed(data):
    values, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            values.append(value)
            value = shift = 0
    return values


def check_pprof(raw):
    profile = protobuf(gzip.decompress(raw))
    assert max(profile) < 15
    strings = [text.decode("utf-8", "strict") for text in profile[6]]
    assert strings[0] == "" and len(strings) == len(set(strings))
    types = [protobuf(part) for part in profile[1]]
    assert [strings[part[1][0]] for part in types] == PROFILE_MAPS
    assert [strings[part[2][0]] for part in types] == ["count", "count", "count", "bytes", "count", "count", "count"]
    functions = {part[1][0]: part for part in map(protobuf, profile[5])}
    locations = {part[1][0]: part for part in map(protobuf, profile[4])}
    mappings = {part[1][0]: strings[part[5][0]] for part in map(protobuf, profile[3])}
    assert 0 not in functions and 0 not in locations and 0 not in mappings
    assert set(mappings.values()) == {"/usr/bin/dd", "/lib/libc.so.6", "[kernel.kallsyms]"}, mappings
    seen = 0
    for sample in map(protobuf, profile[2]):
        values = packed(sample[2][0])
        assert len(values) == len(types)
        names = []
        for location in packed(sample[1][0]):
            line = protobuf(locations[location][4][0])
            names.append(strings[functions[line[1][0]][2][0]])
        if values[0]:
            has_stack(values[0], names[::-1])
            seen += 1
    assert seen == 4 and profile[10][0] > 0 and strings[profile[14][0]] == "@"


def check_openmetrics(raw):
    text = raw.decode("utf-8", "strict")
    no_controls(text)
    assert text.endswith("# EOF\n")
    try:
        sys.path.append("/usr/lib/python3/dist-packages")  # where Debian puts it, whichever Python this is
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
    except ImportError:
        return "python3-prometheus-client is not installed"
    families = {family.name: family for family in text_string_to_metric_families(text)}
    kinds = {name: family.type for name, family in families.items()}
    assert kinds == {"awl_map": "counter", "awl_lat_seconds": "histogram", "awl_lin": "histogram", "awl_stats": "gauge",
                     "awl_weights": "gauge", "awl_few": "histogram", "awl_pct_seconds": "summary", "awl_deviation": "gauge",
                     "awl_size_bytes": "summary", "awl_text": "info", "awl_low": "gauge", "awl_high": "counter",
                     "awl_lost": "counter"}, kinds
    edges = [(sample.labels["le"], sample.value) for sample in families["awl_lin"].samples]
    assert edges == [("-1", 1), ("9", 3), ("+Inf", 6)], edges
    few = {(sample.name, sample.labels.get("le")): sample.value for sample in families["awl_few"].samples}
    assert few == {("awl_few_bucket", "0"): 7, ("awl_few_bucket", "1"): 9, ("awl_few_bucket", "+Inf"): 9,
                   ("awl_few_count", None): 9, ("awl_few_sum", None): 2}, few
    weights = [(sample.labels["ge"], sample.labels["le"], sample.value) for sample in families["awl_weights"].samples]
    assert weights == [("1", "1", 4), ("2", "3", 0), ("4", "7", -9)], weights
    quantiles = [sample.labels.get("quantile") for sample in families["awl_pct_seconds"].samples]
    assert quantiles == [None, "0.5", "0.999", "1"], quantiles
    labels = {sample.labels["key"] for sample in families["awl_lat_seconds"].samples}
    assert "</script>" in labels and len(labels) == 2
    return None


def check_json(raw):
    for line in raw.decode("utf-8", "strict")[:-1].split("\n"):
        strict_json(line)


def check_flamegraph(raw):
    text = raw.decode("utf-8", "strict")
    no_controls(text)
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    titles = [title.text for title in root.iter(space + "title")]
    assert "vfs_read (17 samples, 73.91%)" in titles, titles[:9]
    assert any(title.startswith("</title>]]>&\"' [dd] dd.c:7 (1 sample") for title in titles)
    assert len(list(root.iter(space + "script"))) == 1
    for group in root.iter(space + "g"):
        if group.get("class") == "f":
            assert 0 <= float(group.get("data-x")) <= float(group.get("data-x")) + float(group.get("data-w")) <= 1.0001


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.scripts, self.inside, self.links = [], [], None, []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]
        if tag == "script":
            self.inside = dict(attrs).get("id", "code")
            self.scripts.append("")

    def handle_endtag(self, tag):
        if tag == "script":
            self.inside = None

    def handle_data(self, data):
        if self.inside:
            self.scripts[-1] += data


def check_html(raw):
    text = raw.decode("utf-8", "strict")
    page = Page()
    page.feed(text)
    page.close()
    assert page.tags.count("script") == 2 and not page.links, (page.tags, page.links)
    assert "b" not in page.tags, "a name from outside became markup"
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", ""), "a network address"
    data = strict_json(page.scripts[0])
    maps = {entry["name"]: entry for entry in data["maps"]}
    assert set(maps) == {"@", "@lat", "@lin", "@stats", "@size", "@text", "@low", "@high", "@weights", "@few", "@pct",
                         "@deviation"}
    assert maps["@low"]["rows"][0]["value"] == str(LOWEST) and maps["@high"]["rows"][0]["value"] == str(HIGHEST)
    assert [row["count"] for row in maps["@lin"]["rows"][0]["buckets"]] == [1, 2, 3]
    assert {len(heat["series"]) for heat in maps["@lat"]["heat"]} == {2} and len(maps["@lat"]["heat"]) == 2
    second = maps["@lat"]["heat"][0]["series"][1]["buckets"]
    assert [bucket["count"] for bucket in second] == [0, 1, 0, 0, 2, 0], "what is new since the first moment"
    frames = maps["@"]["profile"]["frames"]
    for path, weight in maps["@"]["profile"]["samples"]:
        has_stack(weight, [frames[index]["name"] for index in path])
    assert data["notes"][0]["count"] == 3 and len(data["lines"]) == 3
    assert data["run"]["script"] == "begin { /* </script> */ }\n"


CHECKS = {"json": check_json, "csv": check_csv, "tsv": check_tsv, "folded": check_folded, "flamegraph": check_flamegraph,
          "html": check_html, "speedscope": check_speedscope, "chrome": check_chrome, "firefox": check_firefox,
          "pprof": check_pprof, "openmetrics": check_openmetrics}


def main(golden):
    print(f"1..{len(CHECKS)}", flush=True)
    failed = 0
    for number, (name, check) in enumerate(CHECKS.items(), 1):
        title = f"{number} - {name} is read by a parser that is not ours"
        try:
            skipped = check(subprocess.run([golden, name], check=True, stdout=subprocess.PIPE).stdout)
            print(f"ok {title}" + (f" # SKIP {skipped}" if skipped else ""))
        except Exception as problem:  # a parser may refuse in any way
            failed += 1
            print(f"not ok {title}\n# {type(problem).__name__}: {str(problem)[:2000]}")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
