import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { liveCodeBenchPrompt, liveCodeBenchTests } from "./livecodebench.ts";
import { readPickledString } from "./pickled-string.ts";

interface Reference {
  short: { text: string; packed: Record<string, string> };
  long: { repeated: string; times: number; output: string; packed: Record<string, string> };
  refused: Record<string, string>;
}
const reference: Reference = JSON.parse(readFileSync(new URL("reference/livecodebench.json", import.meta.url), "utf8"));

const cases = (testtype: string, ...pairs: [string, string][]) =>
  JSON.stringify(pairs.map(([input, output]) => ({ input, output, testtype })));
const row = (packed: string, others: Record<string, unknown> = {}) => ({
  question_content: "Add.",
  public_test_cases: "[]",
  private_test_cases: packed,
  metadata: "{}",
  ...others,
});
const tests = (packed: string, others?: Record<string, unknown>) => liveCodeBenchTests(row(packed, others), "private_test_cases");

test("tests as Python packs them, in each protocol, short and long", () => {
  for (const packed of Object.values(reference.short.packed))
    expect(tests(packed)).toEqual({ kind: "stdin", cases: [{ input: "3 4\n", output: "7\n" }] });
  const { repeated, times, output } = reference.long;
  for (const packed of Object.values(reference.long.packed))
    expect(tests(packed)).toEqual({ kind: "stdin", cases: [{ input: repeated.repeat(times), output }] });
});

test("a pickle that is anything but one text is refused, never executed", () => {
  for (const [what, packed] of Object.entries(reference.refused))
    expect(() => tests(packed), what).toThrow(/pickle instruction 0x[0-9a-f]+ is refused/);
  const text = Buffer.from("\x80\x04\x8c\x01a\x94.", "latin1");
  expect(readPickledString(text)).toBe("a");
  expect(() => readPickledString(Buffer.concat([text, text]))).toThrow("refused");
  for (let length = 0; length < text.length; length++) expect(() => readPickledString(text.subarray(0, length))).toThrow();
  expect(() => readPickledString(Buffer.from("\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7fa.", "latin1"))).toThrow("end early");
});

test("public tests come before private ones, which may be plain; calls have an argument a line", () => {
  const found = tests(cases("functional", ["[1,2]\n3", "6"]), {
    public_test_cases: cases("functional", ['"a"\n0', "[]"]),
    metadata: '{"func_name": "solve"}',
    starter_code: "class Solution:\n    def solve(self, a, b):\n        ",
  });
  expect(found).toEqual({
    kind: "calls",
    entryPoint: "solve",
    cases: [
      { args: ['"a"', "0"], expected: "[]" },
      { args: ["[1,2]", "3"], expected: "6" },
    ],
  });
});

test("what is not LiveCodeBench's form is a bad row with its reason", () => {
  expect(() => tests("[]")).toThrow("no tests");
  expect(() => tests(cases("functional", ["1", "1"]))).toThrow("names no function");
  expect(() => tests(cases("functional", ["1", "1"]), { metadata: '{"func_name": "os.system"}' })).toThrow("names no function");
  expect(() => tests(cases("stdin", ["1", "1"]), { public_test_cases: cases("functional", ["1", "1"]) })).toThrow("both kinds");
  expect(() => tests('[{"input": 1}]')).toThrow("a test that is not");
  expect(() => tests("bm90IHpsaWI=")).toThrow("cannot be unpacked");
  expect(() => tests(deflateSync(Buffer.alloc(300 << 20)).toString("base64"))).toThrow("larger than 256 MiB");
});

test("a function header follows the problem", () => {
  expect(liveCodeBenchPrompt(row(""), "question_content")).toBe("Add.");
  expect(liveCodeBenchPrompt(row("", { starter_code: "def add(a, b):\n" }), "question_content")).toBe(
    "Add.\n\nSolve the problem starting with the provided function header.\n\nFunction header:\n```\ndef add(a, b):\n```",
  );
});
