"""PyPI's math-verify on pairs of a response and a gold answer: JSON lines in, {"right": bool} lines out, one for each.

As its README shows: both are parsed with its default extraction (LaTeX, boxed first, then plain expressions), then compared in
that order. The gold is given to it in a box. Told what it cannot know otherwise: only what follows </think> is the answer.
"""

import json
import logging
import sys
from importlib.metadata import version

from math_verify import parse, verify

logging.disable(logging.CRITICAL)
print(json.dumps({"ready": f"math-verify {version('math-verify')}, sympy {version('sympy')}"}), flush=True)
for line in sys.stdin:
    pair = json.loads(line)
    gold = parse(f"\\boxed{{{pair['answer']}}}")
    given = parse(pair["response"].rpartition("</think>")[2])
    print(json.dumps({"right": bool(verify(gold, given))}), flush=True)
