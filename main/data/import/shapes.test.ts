import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { columnMapping, type RowShape } from "../../contract/imported-dataset.ts";
import { describeColumns } from "./columns.ts";
import { type MappedRow, mapRow, readDay, readDifficulty } from "./map-row.ts";
import type { RowValue } from "./row-reader.ts";
import { Sample } from "./shape.ts";
import { columnsOf, recognise, shapes } from "./shapes.ts";

/** The shape that these rows are recognised as, and the rows by its mapping. */
function imported(rows: RowValue[], fileName = "rows.jsonl"): { shape: RowShape; rows: MappedRow[]; warnings: string[] } {
  const names = describeColumns(rows).map(({ name }) => name);
  const { mapping, warnings } = recognise(new Sample(fileName, names, rows));
  expect(columnMapping.safeParse(mapping).success).toBe(true);
  return { shape: mapping.shape, rows: rows.map((row) => mapRow(row, mapping)), warnings };
}
const one = (row: RowValue, fileName?: string) => {
  const { shape, rows } = imported([row], fileName);
  return { shape, row: rows[0] };
};
const shipped = (name: string): RowValue[] =>
  readFileSync(new URL(`../../../resources/${name}`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const plain = { source: null, category: null, difficulty: null, date: null, messages: null, tests: null };

test("GSM8K: every row of the real files has its number", () => {
  for (const name of ["gsm8k/train.jsonl", "gsm8k/test.jsonl"]) {
    const source = shipped(name);
    const { shape, rows } = imported(source);
    expect(shape).toBe("gsm8k");
    expect(rows.every(({ answer }) => /^-?[\d,.]+$/.test(answer!))).toBe(true);
    expect(rows[0]).toMatchObject({ ...plain, prompt: source[0].question, responses: [source[0].answer], answerRule: "gsm8k" });
  }
});

test("GSM8K's example model outputs have A: for ####", () => {
  expect(one({ question: "q", ground_truth: "3 + 4 = 7\nA: 7" })).toMatchObject({ shape: "gsm8k", row: { answer: "7" } });
});

test("MATH-500: every row of the real file", () => {
  const { shape, rows } = imported(shipped("math500/test.jsonl"));
  expect(shape).toBe("math-500");
  expect(rows).toHaveLength(500);
  expect(rows[0]).toMatchObject({
    answer: "\\left( 3, \\frac{\\pi}{2} \\right)",
    category: "Precalculus",
    difficulty: 2,
    id: "test/precalculus/807.json",
  });
  expect(rows.every(({ answer, answerRule, responses }) => answer && answerRule === "boxed" && responses.length === 1)).toBe(true);
});

test("MATH without answers: what the solution boxes last", () => {
  const row = { problem: "p", level: "Level 5", type: "Algebra", solution: "First $\\boxed{1}$, then $\\boxed{\\frac{1}{2}}$." };
  expect(one(row)).toMatchObject({ shape: "math", row: { answer: "\\frac{1}{2}", difficulty: 5, category: "Algebra" } });
  const { mapping } = recognise(new Sample("", Object.keys(row), [row]));
  expect(() => mapRow({ ...row, solution: "None." }, mapping)).toThrow("no \\boxed{}");
});

test("AIME in both forms, and as Hugging Face's copies spell it", () => {
  const forms: [RowValue, string?][] = [
    [{ id: 60, problem: "p", solution: "s", answer: "204", url: "https://example.org/2024_AIME_I_Problems/Problem_1", question: "p" }],
    [{ id: "II-12", problem: "p", answer: "204" }],
    [{ ID: "2024-I-3", Problem: "p", Solution: "s", Answer: 204 }],
    [{ problem: "p", answer: "204" }, "aime25.jsonl"],
  ];
  for (const [row, fileName] of forms)
    expect(one(row, fileName)).toMatchObject({ shape: "aime", row: { prompt: "p", answer: "204", answerRule: "boxed", responses: [] } });
});

test("MathArena, AceReason-Math, AceReason-1.1-SFT", () => {
  expect(one({ problem_idx: 3, problem: "p", answer: "\\sqrt{2}", problem_type: ["Algebra", "Geometry"] })).toMatchObject({
    shape: "matharena",
    row: { id: "3", answer: "\\sqrt{2}", category: "Algebra, Geometry", answerRule: "boxed" },
  });
  expect(one({ problem: "p", answer: "7" }, "AceReason-Math.parquet")).toMatchObject({
    shape: "acereason-math",
    row: { answerRule: "boxed" },
  });
  expect(one({ category: "math", source: "numina", input: "q", output: "<think>…</think> 7" })).toMatchObject({
    shape: "acereason-sft",
    row: { prompt: "q", responses: ["<think>…</think> 7"], source: "numina", category: "math", answer: null, answerRule: null },
  });
});

test("HumanEval: every row of the real file, with a whole program as its response", () => {
  const source = shipped("humaneval/HumanEval.jsonl");
  const { shape, rows } = imported(source);
  expect(shape).toBe("humaneval");
  rows.forEach((row, i) => {
    const { task_id, prompt, entry_point, test, canonical_solution } = source[i] as Record<string, string>;
    expect(row.id).toBe(task_id);
    expect(row.tests).toEqual({ kind: "check", prompt, entryPoint: entry_point, test });
    expect(row.responses).toEqual([`\`\`\`python\n${(prompt + canonical_solution).replace(/\n+$/, "")}\n\`\`\``]);
  });
});

test("HumanEval+ by its comparison, and EvalPlus's release file, which has no tests that run", () => {
  const row = { task_id: "HumanEval/0", prompt: "def f(x):\n", entry_point: "f", canonical_solution: "    return x\n" };
  expect(one({ ...row, test: "def check(candidate):\n    assertion(candidate(1), 1, 0)\n" }).shape).toBe("humaneval-plus");
  const release = imported([{ ...row, base_input: [[1]], plus_input: [[2]], atol: 0 }]);
  expect(release.shape).toBe("humaneval-plus");
  expect(release.warnings[0]).toContain("no tests that run");
  expect(release.rows[0].tests).toBeNull();
});

test("MBPP in both its forms, MBPP+", () => {
  const asserts = ["assert f(1) == 1", "assert f(2) == 2"];
  const prompt = "Write f.\n\nYour code should pass these tests:\n\nassert f(1) == 1\nassert f(2) == 2";
  const full = {
    task_id: 11,
    text: "Write f.",
    code: "def f(x):\n  return x",
    test_list: asserts,
    test_setup_code: "import math",
    challenge_test_list: [],
  };
  expect(one(full)).toMatchObject({ shape: "mbpp", row: { id: "11", prompt, tests: { kind: "asserts", setup: "import math", asserts } } });
  const sanitized = {
    source_file: "s",
    task_id: 2,
    prompt: "Write f.",
    code: "def f(x):\n  return x",
    test_imports: ["import re"],
    test_list: asserts,
  };
  expect(one(sanitized)).toMatchObject({
    shape: "mbpp",
    row: { prompt, responses: ["```python\ndef f(x):\n  return x\n```"], tests: { setup: "import re" } },
  });
  const test = "inputs = [[1]]\nfor i in inputs:\n    assertion(f(*i), 1, 0)\n";
  expect(one({ ...sanitized, test })).toMatchObject({ shape: "mbpp-plus", row: { prompt, tests: { kind: "asserts", asserts: [test] } } });
});

test("LiveCodeBench", () => {
  const row = {
    question_title: "t",
    question_content: "q",
    platform: "leetcode",
    question_id: "2777",
    contest_date: "2023-07-01T00:00:00",
    starter_code: "",
    difficulty: "medium",
    public_test_cases: '[{"input": "1\\n", "output": "2\\n", "testtype": "stdin"}]',
    private_test_cases: "[]",
    metadata: "{}",
  };
  expect(one(row)).toMatchObject({
    shape: "livecodebench",
    row: {
      prompt: "q",
      id: "2777",
      source: "leetcode",
      date: "2023-07-01",
      difficulty: 2,
      tests: { kind: "stdin", cases: [{ input: "1\n", output: "2\n" }] },
    },
  });
});

test("conversations: the last assistant turn is the response, a user turn alone is a prompt", () => {
  const turns = [
    { from: "system", value: "s" },
    { from: "human", value: "a" },
    { from: "gpt", value: "b" },
  ];
  expect(one({ conversations: turns })).toMatchObject({
    shape: "sharegpt",
    row: {
      prompt: "a",
      responses: ["b"],
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: "a" },
      ],
    },
  });
  const messages = [
    { role: "user", content: [{ type: "text", text: "a" }] },
    { role: "assistant", content: "b" },
  ];
  expect(one({ messages })).toMatchObject({ shape: "messages", row: { prompt: "a", messages: null, responses: ["b"] } });
  const { mapping } = recognise(new Sample("", ["messages"], [{ messages }]));
  for (const [value, reason] of [
    [[{ role: "tool", content: "x" }], 'by "tool"'],
    [[{ role: "assistant", content: "x" }], "no user turn"],
    [[{ role: "user", content: [{ type: "image" }] }], "type image"],
    [[], "not a list of turns"],
    ["{}", "not a list of turns"],
    [null, "not a list of turns"],
  ] as const)
    expect(() => mapRow({ messages: value }, mapping)).toThrow(reason);
});

test("other rows by their columns' usual names, inside objects too", () => {
  const row = {
    data_source: "numina",
    prompt: [{ role: "user", content: "q" }],
    reward_model: { ground_truth: "7", style: "rule" },
    extra: "x",
  };
  const { mapping } = recognise(
    new Sample(
      "",
      describeColumns([row]).map(({ name }) => name),
      [row],
    ),
  );
  expect(mapping).toMatchObject({ shape: "generic", prompt: "prompt", answer: "reward_model.ground_truth", source: "data_source" });
  expect(mapRow(row, mapping)).toMatchObject({ prompt: "q", answer: "7", answerRule: "boxed-or-last-number" });
  expect(columnsOf(mapping)).toEqual(["prompt", "reward_model.ground_truth", "data_source", "reward_model"]);
  expect(
    mapRow({ prompt: "q", tests: { kind: "asserts", setup: "", asserts: ["assert 1"] } }, { ...mapping, answer: null, tests: "tests" })
      .tests,
  ).toEqual({
    kind: "asserts",
    setup: "",
    asserts: ["assert 1"],
  });
  expect(() => mapRow({ prompt: "q", tests: '{"kind":"exec"}' }, { ...mapping, tests: "tests" })).toThrow("none of check");
  expect(() => mapRow({ prompt: " " }, mapping)).toThrow("prompt is empty");
  expect(() => mapRow({ prompt: { a: 1 } }, mapping)).toThrow("prompt is an object");
});

test("several responses a row; empty ones are none", () => {
  const { mapping } = recognise(new Sample("", ["prompt", "responses"], [{ prompt: "q", responses: ["a"] }]));
  expect(mapRow({ prompt: "q", responses: ["a", "", "b"] }, mapping).responses).toEqual(["a", "b"]);
  expect(mapRow({ prompt: "q", responses: "a" }, mapping).responses).toEqual(["a"]);
  expect(mapRow({ prompt: "q", responses: null }, mapping).responses).toEqual([]);
  expect(() => mapRow({ prompt: "q", responses: [1] }, mapping)).toThrow("something else than texts");
});

test("difficulties and days", () => {
  const difficulties: [string | null, number | null][] = [
    ["3", 3],
    ["0.25", 0.25],
    ["Level 4", 4],
    ["Hard", 3],
    ["Level ?", null],
    ["", null],
    [null, null],
    ["constructor", null],
  ];
  for (const [text, value] of difficulties) expect(readDifficulty(text), String(text)).toBe(value);
  const days: [string | null, string | null][] = [
    ["2024-08-01", "2024-08-01"],
    ["2024-08-01T12:30:00Z", "2024-08-01"],
    ["2024-02-30", null],
    ["01.08.2024", null],
    ["2024-08-011", null],
    [null, null],
  ];
  for (const [text, day] of days) expect(readDay(text), String(text)).toBe(day);
});

test("each shape has a name of its own, and says whether a real file was tried", () => {
  expect(new Set(shapes.map(({ shape }) => shape)).size).toBe(shapes.length);
  expect(shapes.flatMap(({ shape, triedOnRealFiles }) => (triedOnRealFiles ? [shape] : [])).sort()).toEqual(
    ["aime", "generic", "gsm8k", "humaneval", "math-500"].sort(),
  );
});
