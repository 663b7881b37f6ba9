// Verdicts and their reasons on honest programs, in each form of tests, under bubblewrap.
import { afterAll, describe, expect, it, vi } from "vitest";
import { type CodeTests, codeLimits } from "../../contract/code-tests.ts";
import { bubblewrapRunner } from "./bubblewrap.ts";
import { createCodeVerifier } from "./code-verifier.ts";
import { type CodeRunner, late, type Sandbox } from "./sandbox.ts";

vi.setConfig({ testTimeout: 60_000 });
const runner = bubblewrapRunner();
const verifier = createCodeVerifier({ runners: [runner] });
const boundary = await verifier.boundary();
afterAll(() => verifier.close());

const block = (code: string) => `So:\n\`\`\`python\n${code}\n\`\`\``;
const verify = (code: string, tests: CodeTests) => verifier.verify(block(code), tests, { timeSeconds: 2 });

const check: CodeTests = {
  kind: "check",
  prompt: 'from typing import List\n\ndef twice(x):\n    return 2 * x\n\ndef total(xs: List[int]) -> int:\n    """Sum."""\n',
  entryPoint: "total",
  test: "def check(candidate):\n    assert candidate([]) == 0\n    assert candidate([1, 2]) == 3, 'two'\n    assert twice(candidate([2])) == 4\n",
};
const asserts: CodeTests = {
  kind: "asserts",
  setup: "import math",
  asserts: ["assert set(pair(1)) == {1, 2}", "assert math.isclose(half(3), 1.5)", "assert list(up(3)) == [0, 1, 2]"],
};
const calls: CodeTests = {
  kind: "calls",
  entryPoint: "both",
  cases: [
    { args: ["[3, 1]", '"a"'], expected: '[[3, 1], "a"]' },
    { args: ["{1: (2,)}", "None"], expected: "[{1: (2,)}, None]" },
  ],
};
const stdin: CodeTests = {
  kind: "stdin",
  cases: [
    { input: "2\n3 4\n", output: "7" },
    { input: "1\n5\n", output: "5" },
  ],
};

describe.skipIf(boundary.kind === "none")(`verdicts (${boundary.detail})`, () => {
  it.each<[string, CodeTests, string, string, string]>([
    ["a body", check, "    return sum(xs)", "right", "all tests pass (3 calls)"],
    [
      "a whole function, with the prompt's imports",
      check,
      "def total(xs: List[int]):\n  return sum(xs)",
      "right",
      "all tests pass (3 calls)",
    ],
    ["a wrong value", check, "    return len(xs)", "wrong", "assert candidate([1, 2]) == 3, 'two'; total([1, 2]) gave 2; two"],
    ["no value", check, "    pass", "wrong", "assert candidate([]) == 0; total([]) gave None"],
    ["an exception", check, "    return xs[0]", "wrong", "assert candidate([]) == 0; total([]) raised IndexError: list index out of range"],
    ["a syntax error", check, "    return (", "wrong", "the program does not run: SyntaxError: '(' was never closed (program.py, line 8)"],
    [
      "no such function",
      asserts,
      "def pair(x): return x",
      "wrong",
      "test 1 of 3: assert set(pair(1)) == {1, 2}; pair(1) gave 1; TypeError: 'int' object is not iterable",
    ],
    [
      "several functions, an iterator",
      asserts,
      "pair = lambda x: (2, 1, 1)\nhalf = lambda x: x / 2\ndef up(n): yield from range(n)",
      "right",
      "all 3 tests pass",
    ],
    [
      "a function that is missing",
      asserts,
      "pair = lambda x: [1, 2]",
      "wrong",
      "test 2 of 3: assert math.isclose(half(3), 1.5); half(3) raised AttributeError: module 'candidate' has no attribute 'half'",
    ],
    [
      "a method, a tuple for a list",
      calls,
      "class Solution:\n    def both(self, a: List[int], b: Any):\n        return a, b",
      "right",
      "all 2 tests pass",
    ],
    [
      "a call's wrong value",
      calls,
      "def both(a, b): return [a, b] if b else a",
      "wrong",
      "test 2 of 2: both({1: (2,)}, None) gave {1: (2,)}; not [{1: (2,)}, None]",
    ],
    ["a program", stdin, "n = int(input())\nprint(sum(map(int, input().split())))\nexit()", "right", "all 2 tests pass"],
    [
      "other ways to read, main and a thread",
      stdin,
      "import os, threading\ndef main():\n    print(sum(map(int, os.read(0, 99).split()[1:])))\nif __name__ == '__main__':\n    threading.stack_size(2**26)\n    threading.Thread(target=main).start()",
      "right",
      "all 2 tests pass",
    ],
    ["standard input by number", stdin, "data = open(0).read().split()\nprint(sum(map(int, data[1:])))", "right", "all 2 tests pass"],
    ["a wrong line", stdin, "print(input())", "wrong", 'test 1 of 2: line 1 is "2", not "7"'],
    ["right, then an exception", stdin, "print(7)\n1 / 0", "wrong", "test 1 of 2: ZeroDivisionError: division by zero"],
    ["too slow", stdin, "while True: pass", "wrong", "test 1 of 2: took longer than 2 s"],
    ["too much memory", stdin, "x = [0] * 10**9", "wrong", "test 1 of 2: MemoryError: "],
  ])("%s", async (_, tests, code, verdict, reason) => {
    expect(await verify(code, tests)).toEqual({ reward: verdict === "right" ? 1 : 0, verdict, reason });
  });

  it.each<[string, CodeTests, string]>([
    ["do not parse", { ...check, test: "def check(" }, "SyntaxError: '(' was never closed (tests.py, line 1)"],
    ["have no check", { ...check, test: "" }, "KeyError: 'check'"],
    ["never call the program", { ...check, test: "def check(candidate):\n    pass" }, "the tests never call the program"],
    ["need what is not there", { ...asserts, setup: "import torch" }, "ModuleNotFoundError: No module named 'torch'"],
    ["are no literals", { ...calls, cases: [{ args: ["print(1)"], expected: "1" }] }, "ValueError: malformed node or string on line 1"],
  ])("tests that %s are an error, whatever the program does", async (_, tests, reason) => {
    const verdict = await verify("def total(xs): return 0\ndef pair(x): return 0\ndef both(a, b): return 0", tests);
    expect(verdict).toMatchObject({ reward: 0, verdict: "error", reason: expect.stringContaining(`the tests cannot be run: ${reason}`) });
  });

  it("tests of EvalPlus's form run without NumPy", async () => {
    const test = `import numpy as np
def is_floats(x) -> bool:
    if isinstance(x, (list, tuple)):
        return all(isinstance(i, float) for i in x)
    return isinstance(x, float) or (isinstance(x, np.ndarray) and x.dtype == np.float64)
def assertion(out, exp, atol):
    if atol == 0 and is_floats(exp):
        atol = 1e-6
    if out != exp and atol != 0:
        np.testing.assert_allclose(out, exp, atol=atol)
    else:
        assert out == exp
def check(candidate):
    for inp, exp in zip([[3.0], [1.0]], [[0.1 + 0.2, 3.0], [0.1, 1.0]]):
        assertion(candidate(*inp), exp, 0)
check(near)`;
    const tests: CodeTests = { kind: "check", prompt: "def near(x):\n", entryPoint: "near", test };
    expect(await verify("    return [x / 10, x]", tests)).toMatchObject({ reward: 1 });
    expect(await verify("    return [x / 10 + 2e-6, x]", tests)).toMatchObject({ reward: 0, verdict: "wrong" });
  });

  it("a function may have the name of one of Python's own", async () => {
    const tests: CodeTests = { kind: "asserts", setup: "", asserts: ["assert sum(10, 15) == 6", "assert sorted([sum(2, 4)]) == [3]"] };
    expect(await verify("def sum(a, b): return {10: 6, 2: 3}[a]", tests)).toMatchObject({ reward: 1 });
    expect(await verify("def sum(a, b): return 6\ndef sorted(x): return [3]", tests)).toMatchObject({ reward: 0, verdict: "wrong" });
  });

  it("a verdict is the same each time: sets keep their order, and drawn inputs are drawn again", async () => {
    const tests: CodeTests = {
      kind: "check",
      prompt: "def f(x):\n",
      entryPoint: "f",
      test: "def check(candidate):\n    import random\n    assert candidate(random.random()) == 0",
    };
    const verdicts = await Promise.all([1, 2, 3].map(() => verify("    return x, list({'a', 'b', 'c', 'd', 'e'})", tests)));
    expect(new Set(verdicts.map(({ reason }) => reason)).size).toBe(1);
  });

  it("values cross exactly, and come out as plain ones", async () => {
    const values = [
      "2**70",
      "-(10**4000)",
      "1e-320",
      "float('inf')",
      "-0.0",
      "b'\\x00\\xff'",
      "1+2j",
      "(1, (2,), [])",
      "{1: {2: None}}",
      "{(1,), 'a'}",
      "frozenset({1})",
      "range(1, 9, 2)",
      "'\\ud800 \\n é 😀'",
      "True",
    ];
    const tests: CodeTests = { kind: "asserts", setup: "", asserts: values.map((text) => `assert repr(same(${text})) == repr(${text})`) };
    expect(await verify("def same(x):\n    return x", tests)).toMatchObject({ reward: 1 });
    const subclasses =
      "from collections import *\nclass N(int):\n    def __repr__(self):\n        return '8'\nP = namedtuple('P', 'x')\ndef f():\n    return [N(7), Counter('a'), P(1), OrderedDict(a=1)]";
    expect(
      await verify(subclasses, { kind: "asserts", setup: "", asserts: ["assert repr(f()) == repr([7, {'a': 1}, (1,), {'a': 1}])"] }),
    ).toMatchObject({ reward: 1 });
  });

  it("what runs when it is closed is an error, not wrong", async () => {
    const closing = createCodeVerifier({ runners: [bubblewrapRunner()] });
    await closing.boundary();
    const verdict = closing.verify(block("while True: pass"), stdin);
    setTimeout(() => void closing.close(), 200);
    expect(await verdict).toEqual({ reward: 0, verdict: "error", reason: "the verifier was closed" });
  });

  it("the limit on output holds for what is returned and what is printed", async () => {
    const limits = codeLimits.parse({ outputBytes: 5000 });
    const tests: CodeTests = { kind: "asserts", setup: "", asserts: ["assert len(f()) == 9000"] };
    expect(await verifier.verify(block("def f():\n    return 'x' * 9000"), tests)).toMatchObject({ reward: 1 });
    for (const code of ["def f():\n    return 'x' * 9000", "def f():\n    print('x' * 9000, flush=True)\n    return 'x' * 9000"])
      expect(await verifier.verify(block(code), tests, limits)).toMatchObject({
        verdict: "wrong",
        reason: expect.stringContaining("more than 5000 bytes"),
      });
  });
});

describe("where nothing can be trusted, nothing runs", () => {
  const noRunner = (detail: string): CodeRunner => ({
    boundary: async () => ({ kind: "none", detail }),
    open: () => {
      throw new Error("opened without a boundary");
    },
    close: async () => {},
  });

  it("no boundary is an error that says why", async () => {
    const none = createCodeVerifier({ runners: [noRunner("It is not installed."), noRunner("There is no window.")] });
    expect(await none.boundary()).toEqual({ kind: "none", detail: "It is not installed. There is no window." });
    expect(await none.verify(block("x = 1"), stdin)).toEqual({
      reward: 0,
      verdict: "error",
      reason: "no boundary, so nothing was run: It is not installed. There is no window.",
    });
    expect(await none.verify("no code", stdin)).toMatchObject({ verdict: "unparseable" });
  });

  it("bubblewrap is not looked for elsewhere than on PATH, and says that it is missing", async () => {
    vi.stubEnv("PATH", "/nowhere");
    expect(await bubblewrapRunner().boundary()).toMatchObject({
      kind: "none",
      detail: expect.stringMatching(/bubblewrap (is not installed|needs)/),
    });
    vi.unstubAllEnvs();
  });

  it("after it was closed, verdicts are errors", async () => {
    const closed = createCodeVerifier({ runners: [bubblewrapRunner()] });
    await closed.boundary();
    await closed.close();
    expect(await closed.verify(block("x = 1"), stdin)).toMatchObject({ reward: 0, verdict: "error" });
  });

  // What a sandbox says, scripted: null when it ended.
  const scripted = (lines: (string | typeof late | null)[]): Sandbox => ({
    send: () => {},
    receive: async () => lines.shift() ?? null,
    ended: Promise.resolve({ orderly: false, how: "exit code 9", output: "7" }),
    kill: () => {},
  });
  it.each<[string, (string | typeof late | null)[], (string | typeof late | null)[], string]>([
    ["a sandbox that does not start", [null], ["started"], "the sandbox did not start: exit code 9"],
    ["one that hangs", [late], ["started"], "the sandbox did not start within 60 s"],
    ["a checker that ends", ["started", "loaded"], ["started", null], "the checker ended (exit code 9)"],
    ["a checker that says nothing known", ["started", "loaded"], ["started", "passing"], "the tests cannot be run: passing"],
  ])("%s is an error", async (_, candidate, checker, reason) => {
    const runner: CodeRunner = {
      boundary: async () => ({ kind: "bubblewrap", detail: "scripted" }),
      open: (role) => scripted(role === "candidate" ? candidate : checker),
      close: async () => {},
    };
    expect(await createCodeVerifier({ runners: [runner] }).verify(block("x = 1"), calls)).toEqual({ reward: 0, verdict: "error", reason });
  });
});
