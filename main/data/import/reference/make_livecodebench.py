"""Tests packed as LiveCodeBench packs its private ones (base64 of zlib of a pickled JSON text), for livecodebench.test.ts: in the
protocols that Python has written by default, long and short, and pickles that are no plain text.

Run: python make_livecodebench.py
"""
import base64
import json
import os
import pickle
import zlib


def packed(value, protocol):
    return base64.b64encode(zlib.compress(pickle.dumps(value, protocol=protocol))).decode()


class Harm:
    def __reduce__(self):
        return (os.system, ("echo harm",))


short = json.dumps([{"input": "3 4\n", "output": "7\n", "testtype": "stdin"}])
long = json.dumps([{"input": "1 " * 60_000, "output": "é漢", "testtype": "stdin"}], ensure_ascii=False)
with open("livecodebench.json", "w") as out:
    json.dump(
        {
            "short": {"text": short, "packed": {str(p): packed(short, p) for p in (2, 3, 4, 5)}},
            "long": {"repeated": "1 ", "times": 60_000, "output": "é漢", "packed": {str(p): packed(long, p) for p in (3, 4, 5)}},
            "refused": {
                "call": packed(Harm(), 4),
                "list": packed([short], 4),
                "bytes": packed(short.encode(), 4),
                "protocol 0": packed(short, 0),
            },
        },
        out,
        indent=1,
    )
