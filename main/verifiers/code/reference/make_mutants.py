"""Makes mutants.jsonl: for each HumanEval problem its canonical solution with one operator, constant or branch changed (the few
solutions that have none of these lose a call).

    python3 main/verifiers/code/reference/make_mutants.py

Every place that can be changed is listed, in an order drawn with SEED; the first that RULED_OUT does not name is taken. What is
ruled out was looked at by hand: either the mutant computes the same, or HumanEval's own tests do not reach the difference, which
no verifier that runs them can then see.
"""

import ast
import json
import random
from pathlib import Path

SEED = 20250616
HERE = Path(__file__).parent
PROBLEMS = HERE / "../../../../resources/humaneval/HumanEval.jsonl"

# Problem number -> {line of the solution and change: why it is ruled out}.
RULED_OUT = {
    25: {
        "4: while i <= int(math.sqrt(n) + 1):  =>  while i < int(math.sqrt(n) + 1):": "equivalent: no least factor of a composite n is "
        "above sqrt(n), and what is left above 1 is appended after the loop",
    },
    31: {"1: if n < 2:  =>  if n < 3:": "not reached: the tests do not ask for 2"},
    34: {
        "1: return sorted(list(set(l)))  =>  return list(set(l))": "not reached: CPython keeps the one set that is tested in order",
    },
    35: {"3: if e > m:  =>  if e >= m:": "equivalent: m becomes a value that it equals"},
    59: {"2: if k < 2:  =>  if k < 3:": "not reached: it matters for powers of 2 alone, and none is tested"},
    68: {
        "1: if(len(arr) == 0): return []  =>  if(len(arr) == 1): return []": "not reached: no list of one is tested, and for an empty "
        "one the line after the next returns the same",
    },
    89: {
        "1: d = 'abcdefghijklmnopqrstuvwxyz'  =>  d = 'abcdefghijklmnopqrstuvwxyzx'": "equivalent: the first x is the one that is "
        "found, and no index above 25 is looked up",
    },
    98: {"3: if s[i] in \"AEIOU\":  =>  if s[i] in 'AEIOUx':": "not reached: no x is tested"},
    105: {"8: 7: \"Seven\",  =>  7: 'Sevenx',": "not reached: no 7 is tested"},
    106: {"5: for j in range(1,i+1): x *= j  =>  for j in range(2,i+1): x *= j": "equivalent: leaves out a product with 1"},
    131: {"7: odd_count+=1  =>  odd_count+=2": "equivalent: the count is only compared with 0"},
    132: {
        "13: if i < l and idx < closing_bracket_index[i]:  =>  if i < l and idx <= closing_bracket_index[i]:": "equivalent: no place "
        "has both brackets",
    },
    134: {
        "3: return True if len(check) == 1 and (97 <= ord(check.lower()) <= 122) else False  =>  "
        "return True if len(check) == 1 and (97 <= ord(check.lower()) <= 123) else False": "not reached: no { is tested",
    },
    140: {"16: if end - start > 2:  =>  if end - start > 3:": "not reached: no text with three spaces at its end is tested"},
    154: {
        "5: if a[i:i+l] == pat[j:j+l]:  =>  if a[i:i+l] == pat[j:j-l]:": "equivalent: pat is 2l long, so that j-l, counted from its end, "
        "is j+l for j < l, and j = l is j = 0 again",
    },
    163: {"2: upper = min(8, max(a, b))  =>  upper = min(9, max(a, b))": "equivalent: 9 is not even"},
}

OPERATORS = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "+"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
    ast.Pow: ("**", "*"),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
}


class Source:
    def __init__(self, text):
        self.text = text.encode()
        self.starts = [0]
        for line in self.text.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    def start(self, node):
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node):
        return self.starts[node.end_lineno - 1] + node.end_col_offset


def changes(source, tree, first):
    """(start, end, replacement) of every change at or after byte `first`."""

    def operator(kind, left, right):
        if kind not in OPERATORS:
            return
        old, new = OPERATORS[kind]
        at = source.text.index(old.encode(), source.end(left), source.start(right))
        yield at, at + len(old), new

    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            yield from operator(type(node.op), node.left, node.right)
        elif isinstance(node, ast.AugAssign):
            yield from operator(type(node.op), node.target, node.value)
        elif isinstance(node, ast.Compare):
            for left, kind, right in zip([node.left, *node.comparators], node.ops, node.comparators):
                yield from operator(type(kind), left, right)
        elif isinstance(node, ast.BoolOp):
            for left, right in zip(node.values, node.values[1:]):
                yield from operator(type(node.op), left, right)
        elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
            start, end = source.start(node.test), source.end(node.test)
            yield start, end, "not (%s)" % source.text[start:end].decode()
        elif isinstance(node, ast.Constant) and id(node) not in docstrings:
            value = node.value
            new = (
                not value
                if isinstance(value, bool)
                else value + 1
                if isinstance(value, (int, float))
                else value + "x"
                if isinstance(value, str)
                else None
            )
            if new is not None and source.start(node) >= first:
                yield source.start(node), source.end(node), repr(new)


def dropped_calls(source, tree, first):
    """f(x) without f, x.f() without .f()."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and source.start(node) >= first:
            kept = node.args[0] if node.args else node.func.value
            yield source.start(node), source.end(node), source.text[source.start(kept) : source.end(kept)].decode()


def mutant(problem):
    number = int(problem["task_id"].split("/")[1])
    source = Source(problem["prompt"] + problem["canonical_solution"])
    first = len(problem["prompt"].encode())
    tree = ast.parse(source.text)
    places = sorted(change for change in set(changes(source, tree, first)) if change[0] >= first)
    places = places or sorted(set(dropped_calls(source, tree, first)))
    random.Random(SEED + number).shuffle(places)
    for start, end, new in places:
        line_start = source.text.rindex(b"\n", 0, start) + 1
        line_end = source.text.index(b"\n", end)
        old_line = source.text[line_start:line_end].decode().strip()
        new_line = (source.text[line_start:start] + new.encode() + source.text[end:line_end]).decode().strip()
        line = source.text.count(b"\n", first, start) + 1
        change = "%d: %s  =>  %s" % (line, old_line, new_line)
        if change in RULED_OUT.get(number, {}):
            continue
        mutated = (source.text[:start] + new.encode() + source.text[end:]).decode()
        return {"task_id": problem["task_id"], "change": change, "completion": mutated[len(problem["prompt"]) :]}
    raise ValueError("%s has no change left" % problem["task_id"])


def main():
    problems = [json.loads(line) for line in PROBLEMS.read_text().splitlines()]
    mutants = [mutant(problem) for problem in problems]
    (HERE / "mutants.jsonl").write_text("".join(json.dumps(each) + "\n" for each in mutants))


if __name__ == "__main__":
    main()
