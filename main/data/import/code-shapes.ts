// Shapes of programming data sets: a problem, and the tests its programs must pass.
import type { CodeTests } from "../../contract/code-tests.ts";
import { textAt, valueAt } from "./columns.ts";
import { liveCodeBenchPrompt, liveCodeBenchTests } from "./livecodebench.ts";
import { parseJson, RowError, type RowValue } from "./row-reader.ts";
import type { Recognised, Sample, Shape } from "./shape.ts";

const fenced = (code: string): string => `\`\`\`python\n${code.replace(/\n+$/, "")}\n\`\`\``;

/** EvalPlus compares outputs by a function of its own, which it puts into the test. */
const isPlus = (value: unknown): boolean => /\bassertion\(/.test(String(value));

function linesAt(row: RowValue, column: string): string[] {
  const value = valueAt(row, column);
  const list = typeof value === "string" && /^\s*\[/.test(value) ? parseJson(value) : value;
  if (list === null || list === undefined) return [];
  if (!Array.isArray(list) || !list.every((line) => typeof line === "string")) throw new RowError(`${column} is not a list of texts`);
  return list;
}

function recogniseHumanEval(plus: boolean): Shape["recognise"] {
  return (sample) => {
    if (!sample.has("task_id", "prompt", "entry_point", "canonical_solution")) return null;
    const test = sample.column("test");
    const mapping: Recognised["mapping"] = {
      prompt: sample.column("prompt"),
      response: sample.column("canonical_solution"),
      tests: test,
      id: sample.column("task_id"),
    };
    if (test !== null) return sample.every(test, isPlus) === plus ? { mapping } : null;
    if (!plus || !sample.has("base_input")) return null;
    const warning =
      "This is EvalPlus's release file: it has inputs but no tests that run. Choose the file with a test column (evalplus/humanevalplus or evalplus/mbppplus).";
    return { mapping, warnings: [warning] };
  };
}

function checkTests(row: RowValue, prompt: string | null, test: string | null): CodeTests | null {
  if (test === null || prompt === null) return null;
  const entryPoint = textAt(row, "entry_point")?.trim() ?? "";
  if (!/^[A-Za-z_]\w*$/.test(entryPoint)) throw new RowError("entry_point is no name of a function");
  return { kind: "check", prompt, entryPoint, test };
}

const humanEval = (plus: boolean): Omit<Shape, "shape" | "label" | "triedOnRealFiles"> => ({
  recognise: recogniseHumanEval(plus),
  also: ["entry_point"],
  response(row, mapping) {
    const [prompt, body] = [textAt(row, mapping.prompt), textAt(row, mapping.response)];
    return prompt === null || body === null ? null : fenced(prompt + body);
  },
  tests: (row, mapping) => checkTests(row, textAt(row, mapping.prompt), textAt(row, mapping.tests)),
});

function recogniseMbpp(sample: Sample): Recognised | null {
  const prompt = sample.column("text", "prompt");
  if (prompt === null || !sample.has("task_id", "code", "test_list")) return null;
  return { mapping: { prompt, response: sample.column("code"), tests: sample.column("test_list"), id: sample.column("task_id") } };
}

/** MBPP's problems do not name the function: the assertions are part of the prompt, as in its paper. */
function mbppPrompt(row: RowValue, prompt: string | null): string | null {
  const text = textAt(row, prompt);
  const asserts = linesAt(row, "test_list");
  return text === null || asserts.length === 0 ? text : `${text}\n\nYour code should pass these tests:\n\n${asserts.join("\n")}`;
}

function mbppTests(row: RowValue, asserts: string[]): CodeTests | null {
  if (asserts.length === 0) throw new RowError("the row has no tests");
  const setup = [textAt(row, "test_setup_code") ?? "", ...linesAt(row, "test_imports")].filter((line) => line !== "").join("\n");
  return { kind: "asserts", setup, asserts };
}

const mbppColumns = ["test_list", "test_imports", "test_setup_code"];
const mbppResponse: Shape["response"] = (row, mapping) => {
  const code = textAt(row, mapping.response);
  return code === null ? null : fenced(code);
};

export const codeShapes: Shape[] = [
  {
    shape: "livecodebench",
    label: "LiveCodeBench",
    triedOnRealFiles: false,
    also: ["starter_code", "public_test_cases", "metadata"],
    recognise(sample) {
      if (!sample.has("question_content", "public_test_cases", "private_test_cases")) return null;
      return {
        mapping: {
          prompt: sample.column("question_content"),
          tests: sample.column("private_test_cases"),
          source: sample.column("platform"),
          id: sample.column("question_id"),
          difficulty: sample.column("difficulty"),
          date: sample.column("contest_date"),
        },
      };
    },
    prompt: (row, { prompt }) => (prompt === null ? null : liveCodeBenchPrompt(row, prompt)),
    tests: (row, { tests }) => (tests === null ? null : liveCodeBenchTests(row, tests)),
  },
  {
    shape: "mbpp-plus",
    label: "MBPP+",
    triedOnRealFiles: false,
    also: mbppColumns,
    recognise(sample) {
      const [found, test] = [recogniseMbpp(sample), sample.column("test")];
      return found && sample.every(test, isPlus) ? { mapping: { ...found.mapping, tests: test } } : null;
    },
    prompt: (row, { prompt }) => mbppPrompt(row, prompt),
    response: mbppResponse,
    tests(row, mapping) {
      const test = textAt(row, mapping.tests);
      return mapping.tests === null ? null : mbppTests(row, test === null ? [] : [test]);
    },
  },
  {
    shape: "mbpp",
    label: "MBPP",
    triedOnRealFiles: false,
    also: mbppColumns,
    recognise: recogniseMbpp,
    prompt: (row, { prompt }) => mbppPrompt(row, prompt),
    response: mbppResponse,
    tests: (row, { tests }) => (tests === null ? null : mbppTests(row, linesAt(row, tests))),
  },
  { shape: "humaneval-plus", label: "HumanEval+", triedOnRealFiles: false, ...humanEval(true) },
  { shape: "humaneval", label: "HumanEval", triedOnRealFiles: true, ...humanEval(false) },
];
