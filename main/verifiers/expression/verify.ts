// The verdict on a one-line function: what follows the last # must be a lambda (or an expression in x, y, z) in the small Python
// of expression.ts, and every test, hidden ones included, must come out as expected. Full Python is judged in verifiers/code.
import type { CodeTest } from "../../contract/dataset.ts";
import type { Verification } from "../../contract/rollout.ts";
import { extractAnswer } from "../math/answer.ts";
import { type CodeExpression, evaluateCode, parseCode } from "./expression.ts";

export interface CodeFunction {
  parameters: string[];
  body: CodeExpression;
}

const lambda = /^lambda\s+([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)\s*:(.*)$/;
const positional = ["x", "y", "z"];

/** `lambda x,y:x+y`, `f=lambda x:2*x`, or a bare expression in x, y, z. Null for anything else. */
export function parseFunction(text: string): CodeFunction | null {
  const source = text.trim().replace(/^f\s*=\s*/, "");
  const match = lambda.exec(source);
  const body = parseCode(match ? match[2] : source);
  if (!body) return null;
  const parameters = match ? match[1].split(",").map((name) => name.trim()) : positional;
  return new Set(parameters).size === parameters.length ? { parameters, body } : null;
}

/** The integers of `f(2,-3)`; null for another call. */
export function parseCall(call: string): bigint[] | null {
  const match = /^f\((-?\d+(?:,-?\d+)*)\)$/.exec(call.replace(/\s+/g, ""));
  return match ? match[1].split(",").map((text) => BigInt(text)) : null;
}

/** What the function gives, as text, or why nothing. */
export function callFunction({ parameters, body }: CodeFunction, args: readonly bigint[]): { value: bigint } | { error: string } {
  if (args.length > parameters.length) return { error: `takes ${parameters.length} arguments, ${args.length} given` };
  return evaluateCode(body, Object.fromEntries(args.map((value, i) => [parameters[i], value])));
}

export function verifyCode(tests: readonly CodeTest[], text: string): Verification {
  const extraction = extractAnswer(text);
  if ("problem" in extraction) return { reward: 0, verdict: "unparseable", reason: extraction.problem };
  const candidate = parseFunction(extraction.answer);
  if (!candidate) return { reward: 0, verdict: "unparseable", reason: `not a function we read: ${extraction.answer}` };
  if (tests.length === 0) return { reward: 0, verdict: "error", reason: "the problem has no tests" };
  for (const [i, test] of tests.entries()) {
    const args = parseCall(test.call);
    if (!args || !/^-?\d+$/.test(test.expected))
      return { reward: 0, verdict: "error", reason: `the problem's own test is not readable: ${test.call}` };
    const result = callFunction(candidate, args);
    if ("error" in result) return { reward: 0, verdict: "wrong", reason: `test ${i + 1} of ${tests.length}: ${result.error}` };
    if (result.value !== BigInt(test.expected))
      return {
        reward: 0,
        verdict: "wrong",
        reason: `test ${i + 1} of ${tests.length}: ${test.call} is ${result.value}, not ${test.expected}`,
      };
  }
  return { reward: 1, verdict: "right", reason: `all ${tests.length} tests pass` };
}
