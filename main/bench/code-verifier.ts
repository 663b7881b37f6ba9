// How long the code verifier takes for 1,024 responses to HumanEval: its canonical solutions and the mutants of verifiers/code/reference
// by turns, so that half are wrong and a few run into the limit on time. A response is two sandboxes, each a Python of its own.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CodeTests } from "../contract/code-tests.ts";
import { HeadstartError } from "../contract/errors.ts";
import { bubblewrapRunner } from "../verifiers/code/bubblewrap.ts";
import { createCodeVerifier } from "../verifiers/code/code-verifier.ts";

interface Row {
  prompt: string;
  entry_point: string;
  canonical_solution: string;
  test: string;
}

const rowsOf = <T>(path: string): T[] =>
  readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** Seconds of each round. @throws HeadstartError where there is no boundary to run programs behind. */
export async function timeCodeVerifier({
  responses,
  workers,
  rounds,
}: {
  responses: number;
  workers: number;
  rounds: number;
}): Promise<number[]> {
  const problems = rowsOf<Row>("../../resources/humaneval/HumanEval.jsonl");
  const mutants = rowsOf<{ completion: string }>("../verifiers/code/reference/mutants.jsonl");
  const cases = problems.flatMap(({ prompt, entry_point, canonical_solution, test }, i) => {
    const tests: CodeTests = { kind: "check", prompt, entryPoint: entry_point, test };
    return [canonical_solution, mutants[i].completion].map((code) => ({ response: `\`\`\`python\n${code}\n\`\`\``, tests }));
  });
  const verifier = createCodeVerifier({ runners: [bubblewrapRunner()], concurrency: workers });
  try {
    const boundary = await verifier.boundary();
    if (boundary.kind === "none")
      throw new HeadstartError({
        code: "no-boundary",
        where: "bench: code verifier",
        message: `Programs cannot be run here: ${boundary.detail}`,
        hint: "Install bubblewrap, or leave out --case verifiers.",
      });
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      await Promise.all(
        Array.from({ length: responses }, (_, i) => {
          const { response, tests } = cases[i % cases.length];
          return verifier.verify(response, tests);
        }),
      );
      seconds.push((performance.now() - started) / 1000);
    }
    return seconds;
  } finally {
    await verifier.close();
  }
}
