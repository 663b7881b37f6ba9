// HumanEval under the real verifier: canonical solutions pass, mutants (reference/make_mutants.py) fail. Every eighth problem; all 164
// with HEADSTART_LONG_TESTS=1.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { CodeTests } from "../../contract/code-tests.ts";
import { bubblewrapRunner } from "./bubblewrap.ts";
import { createCodeVerifier } from "./code-verifier.ts";

interface Row {
  task_id: string;
  prompt: string;
  entry_point: string;
  canonical_solution: string;
  test: string;
}
interface Mutant {
  task_id: string;
  change: string;
  completion: string;
}

vi.setConfig({ testTimeout: 300_000 });
const rowsOf = <T>(path: string): T[] =>
  readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const problems = rowsOf<Row>("../../../resources/humaneval/HumanEval.jsonl");
const mutants = rowsOf<Mutant>("reference/mutants.jsonl");

const verifier = createCodeVerifier({ runners: [bubblewrapRunner()] });
const boundary = await verifier.boundary();
afterAll(() => verifier.close());

const chosen = problems.filter((_, i) => process.env.HEADSTART_LONG_TESTS === "1" || i % 8 === 0);
const testsOf = (row: Row): CodeTests => ({ kind: "check", prompt: row.prompt, entryPoint: row.entry_point, test: row.test });
/** Of every chosen problem, what was not as it should be. */
async function others(verdict: string, completionOf: (row: Row) => string): Promise<string[]> {
  const verdicts = await Promise.all(
    chosen.map(async (row) => {
      const given = await verifier.verify(`\`\`\`python\n${completionOf(row)}\n\`\`\``, testsOf(row), { timeSeconds: 2 });
      return { id: row.task_id, ...given };
    }),
  );
  return verdicts.filter((given) => given.verdict !== verdict).map(({ id, reason }) => `${id}: ${reason}`);
}

describe.skipIf(boundary.kind === "none")(`HumanEval (${boundary.detail})`, () => {
  it("the canonical solutions pass, as bodies and as whole functions", async () => {
    expect(await others("right", (row) => row.canonical_solution)).toEqual([]);
    expect(await others("right", (row) => row.prompt + row.canonical_solution)).toEqual([]);
  });

  it("mutants fail", async () => {
    expect(mutants.map((mutant) => mutant.task_id)).toEqual(problems.map((row) => row.task_id));
    const byId = new Map(mutants.map((mutant) => [mutant.task_id, mutant]));
    expect(await others("wrong", (row) => byId.get(row.task_id)!.completion)).toEqual([]);
  });
});
