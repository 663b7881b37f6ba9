// LiveCodeBench's rows: tests are lists of {input, output, testtype} as JSON text; the private ones are packed (base64 of zlib of a
// pickled JSON text) in the published files. Calls have one JSON value a line for each argument.
// Format: LiveCodeBench, lcb_runner/benchmarks/code_generation.py and evaluation/testing_util.py.
import { inflateSync } from "node:zlib";
import type { CodeTests } from "../../contract/code-tests.ts";
import { textAt } from "./columns.ts";
import { readPickledString } from "./pickled-string.ts";
import { parseJson, RowError, type RowValue } from "./row-reader.ts";

const maxTestBytes = 256 << 20;

interface Case {
  input: string;
  output: string;
  testtype: string;
}

function unpack(packed: string): string {
  let bytes: Buffer;
  try {
    bytes = inflateSync(Buffer.from(packed, "base64"), { maxOutputLength: maxTestBytes });
  } catch (thrown) {
    const tooLarge = (thrown as { code?: string }).code === "ERR_BUFFER_TOO_LARGE";
    throw new RowError(tooLarge ? `the packed tests are larger than ${maxTestBytes >> 20} MiB` : "the packed tests cannot be unpacked");
  }
  return readPickledString(bytes);
}

function readCases(text: string | null, column: string): Case[] {
  if (text === null || text.trim() === "") return [];
  const cases = parseJson(/^\s*[[{"]/.test(text) ? text : unpack(text));
  if (!Array.isArray(cases)) throw new RowError(`${column} is not a list of tests`);
  return cases.map((entry) => {
    const { input, output, testtype } = (entry ?? {}) as Record<string, unknown>;
    if (typeof input !== "string" || typeof output !== "string" || (testtype !== "stdin" && testtype !== "functional"))
      throw new RowError(`${column} has a test that is not {input, output, testtype}`);
    return { input, output, testtype };
  });
}

function functionName(row: RowValue): string {
  const text = textAt(row, "metadata");
  const metadata = text === null ? null : (parseJson(text) as { func_name?: unknown } | null);
  if (typeof metadata?.func_name !== "string" || !/^[A-Za-z_]\w*$/.test(metadata.func_name))
    throw new RowError("metadata names no function for the tests to call");
  return metadata.func_name;
}

/** Public and private tests together, as LiveCodeBench runs them. */
export function liveCodeBenchTests(row: RowValue, privateColumn: string): CodeTests {
  const cases = [
    ...readCases(textAt(row, "public_test_cases"), "public_test_cases"),
    ...readCases(textAt(row, privateColumn), privateColumn),
  ];
  if (cases.length === 0) throw new RowError("the row has no tests");
  const kinds = new Set(cases.map(({ testtype }) => testtype));
  if (kinds.size > 1) throw new RowError("the row has tests of both kinds, stdin and functional");
  if (kinds.has("stdin")) return { kind: "stdin", cases: cases.map(({ input, output }) => ({ input, output })) };
  return {
    kind: "calls",
    entryPoint: functionName(row),
    cases: cases.map(({ input, output }) => ({ args: input.split("\n"), expected: output })),
  };
}

/** The problem with its function header, in the words that AceReason-Nemotron's evaluation has for it. */
export function liveCodeBenchPrompt(row: RowValue, column: string): string | null {
  const problem = textAt(row, column);
  const starter = textAt(row, "starter_code")?.trim();
  if (problem === null || !starter) return problem;
  return `${problem}\n\nSolve the problem starting with the provided function header.\n\nFunction header:\n\`\`\`\n${starter}\n\`\`\``;
}
