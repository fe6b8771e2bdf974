# SPDX-License-Identifier: GPL-2.0-only
"""Reads what json_golden writes with Python's own parser, strictly, and compares every value."""
import base64
import json
import subprocess
import sys

U64, S64 = 2**64 - 1, -(2**63)


def no_duplicates(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"a name stands twice: {names}"
    return dict(pairs)


def refuse(word):
    raise AssertionError(f"{word} is no JSON")


def parse(line):
    return json.loads(line, object_pairs_hook=no_duplicates, parse_constant=refuse, parse_float=refuse)


def as_bytes(raw, **more):
    return {"bytes": base64.b64encode(raw).decode(), **more}


def histogram(scale, *buckets):
    return {"histogram": scale, "buckets": [dict(bucket) for bucket in buckets]}


WIDE = histogram("log2", {"low": S64, "high": S64, "count": 1}, {"low": 2**63, "high": U64, "count": 2})
OPEN = histogram("linear", {"high": -1, "count": 1}, {"low": 0, "high": 9, "count": 2}, {"low": 10, "count": 3})


def expected(version):
    yield {"type": "start", "version": 1, "awl": version, "probes": 1}
    yield {"type": "value", "values": [
        bytes(range(128)).decode(), as_bytes(bytes(range(256))), "</script><!--", "\U0001f427 naïve", "",
        '"' * 65536, {"text": "cut", "truncated": True}, as_bytes(b"cut\x80", truncated=True),
        as_bytes(b"\xed\xa0\x80"), as_bytes(b"\xc0\xaf"), "\u202e\U000e0041"]}
    yield {"type": "value", "values": [S64, U64, 2**53 + 1, True, False, {"address": "0xffffffffffffffff"}, 5],
           "units": [None] * 6 + ["ns"]}
    yield {"type": "map", "name": "@wide", "when": "end", "show": "quantize", "unit": "ns",
           "rows": [{"key": [as_bytes(b"\xff\x1b"), 1], "value": WIDE}, {"key": ["b", 2], "value": WIDE}]}
    yield {"type": "map", "name": "@open", "when": "print", "show": "lquantize", "value": OPEN}
    yield {"type": "map", "name": "@stats", "when": "end", "show": "stats",
           "value": {"count": 3, "average": -5, "total": -16}}
    yield {"type": "map", "name": "@empty", "when": "print", "rows": []}
    yield {"type": "map", "name": "@unset", "when": "print", "value": None}
    yield {"type": "printf", "text": '"</script>\x1b a\x1b\nb\n', "values": ["a\x1b\nb"]}
    yield {"type": "time", "text": "12:00:00\n"}
    yield {"type": "note", "kind": "map_full", "count": 3, "subject": "@", "message": "updates dropped",
           "help": 'try "more"'}
    yield {"type": "end"}


def main(golden, version):
    raw = subprocess.run([golden], check=True, stdout=subprocess.PIPE).stdout
    text = raw.decode("utf-8", "strict")
    assert text.endswith("\n")
    assert "<" not in text, "a web page could be broken out of"
    assert all(c == "\n" or c.isprintable() for c in text), "a control or invisible character came through"
    lines = text[:-1].split("\n")
    records = list(expected(version))
    assert len(lines) == len(records), f"{len(lines)} lines, expected {len(records)}"
    for line, record in zip(lines, records):
        assert parse(line) == record, f"got {line[:300]}\nexpected {str(record)[:300]}"


print('1..1', flush=True)
main(*sys.argv[1:])
print('ok 1 - JSON is read back by a strict parser')
