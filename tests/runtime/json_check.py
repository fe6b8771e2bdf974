# SPDX-License-Identifier: GPL-2.0-only
"""json_check.py JSON_GOLDEN VERSION FORMATS_GOLDEN : reads awl's JSON with Python's own parser, strictly (TAP).

What json_golden writes is compared value by value; that and a run with everything that there is follow the schema in
awl.schema.json, which lines that are wrong do not.
"""
import base64
import json
import os
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


WRONG = ['{"type":"no such type"}', '{"type":"start","version":2,"awl":"1","probes":1}', '{"type":"end","more":1}',
         '{"type":"map","name":"@","when":"end"}', '{"type":"map","name":"m","when":"end","value":1}',
         '{"type":"map","name":"@","when":"end","value":1,"rows":[]}', '{"type":"map","name":"@","when":"end","value":1.5}',
         '{"type":"map","name":"@","when":"end","value":18446744073709551616}',
         '{"type":"map","name":"@","when":"end","value":{"histogram":"log2","buckets":[{"count":1}]}}',
         '{"type":"map","name":"@","when":"end","show":"stddev","value":{"count":1,"deviation":0,"total":1,"squares":"1"}}',
         '{"type":"map","name":"@","when":"end","rows":[{"key":[{"stack":[{"symbol":"f","offset":0}]}],"value":1}]}',
         '{"type":"note","kind":"other","count":1}']


def follows_schema(*texts):
    """Where the library is not installed, why nothing was looked at."""
    try:
        sys.path.append("/usr/lib/python3/dist-packages")
        import jsonschema
    except ImportError:
        return "python3-jsonschema is not installed"
    with open(os.path.join(os.path.dirname(os.path.realpath(__file__)), "awl.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for line in "".join(texts).splitlines():
        problem = jsonschema.exceptions.best_match(validator.iter_errors(json.loads(line)))
        assert problem is None, f"{line[:200]}: {problem.message[:300]}"
    for line in WRONG:
        assert not validator.is_valid(json.loads(line)), f"the schema is content with {line}"
    return None


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def compare(golden, version):
    raw = output_of(golden)
    text = raw.decode("utf-8", "strict")
    assert text.endswith("\n")
    assert "<" not in text, "a web page could be broken out of"
    assert all(c == "\n" or c.isprintable() for c in text), "a control or invisible character came through"
    lines = text[:-1].split("\n")
    records = list(expected(version))
    assert len(lines) == len(records), f"{len(lines)} lines, expected {len(records)}"
    for line, record in zip(lines, records):
        assert parse(line) == record, f"got {line[:300]}\nexpected {str(record)[:300]}"
    return text


def main(golden, version, formats):
    print('1..2', flush=True)
    text = compare(golden, version)
    print('ok 1 - JSON is read back by a strict parser', flush=True)
    skipped = follows_schema(text, output_of(formats, "json:awl").decode())
    print('ok 2 - JSON follows its schema' + (f' # SKIP {skipped}' if skipped else ''))


main(*sys.argv[1:])
