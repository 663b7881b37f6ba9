// Verdicts on Python programs, a bounded number at a time, behind the first boundary that there is. Fails closed: with none, every
// verdict is an error that says why.
import { cpus } from "node:os";
import { type CodeBoundary, type CodeLimits, type CodeTests, codeLimits } from "../../contract/code-tests.ts";
import type { Verification } from "../../contract/rollout.ts";
import { extractPython, programOf } from "./extract.ts";
import { judge } from "./judge.ts";
import type { CodeRunner } from "./sandbox.ts";

export interface CodeVerifier {
  /** The boundary that programs run behind, or why none does. */
  boundary(): Promise<CodeBoundary>;
  /** Reward 1 only if all tests pass within the limits. Never rejects. */
  verify(response: string, tests: CodeTests, limits?: Partial<CodeLimits>): Promise<Verification>;
  /** Ends what runs; its verdicts are errors. */
  close(): Promise<void>;
}

/** `runners` in order of preference; `concurrency`: responses at a time, by default one a core. */
export function createCodeVerifier({
  runners,
  concurrency = Math.max(1, cpus().length),
}: {
  runners: CodeRunner[];
  concurrency?: number;
}): CodeVerifier {
  let choice: Promise<{ runner: CodeRunner | null; boundary: CodeBoundary }> | null = null;
  let free = concurrency;
  let closed = false;
  const queue: (() => void)[] = [];

  async function choose(): Promise<{ runner: CodeRunner | null; boundary: CodeBoundary }> {
    const reasons: string[] = [];
    for (const runner of runners) {
      const boundary = await runner.boundary().catch((thrown): CodeBoundary => ({ kind: "none", detail: (thrown as Error).message }));
      if (boundary.kind !== "none") return { runner, boundary };
      reasons.push(boundary.detail);
    }
    return { runner: null, boundary: { kind: "none", detail: reasons.join(" ") } };
  }
  const chosen = () => {
    choice ??= choose();
    return choice;
  };

  async function verify(response: string, tests: CodeTests, limits: Partial<CodeLimits> = {}): Promise<Verification> {
    const extraction = extractPython(response);
    if ("problem" in extraction) return { reward: 0, verdict: "unparseable", reason: extraction.problem };
    const { runner, boundary } = await chosen();
    if (!runner) return { reward: 0, verdict: "error", reason: `no boundary, so nothing was run: ${boundary.detail}` };
    if (free > 0) free--;
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      const outcome = await judge(runner, programOf(tests, extraction.code), tests, codeLimits.parse(limits));
      // A program that was ended for that has not failed.
      if (closed) return { reward: 0, verdict: "error", reason: "the verifier was closed" };
      return { reward: outcome.verdict === "right" ? 1 : 0, ...outcome };
    } catch (thrown) {
      return { reward: 0, verdict: "error", reason: (thrown as Error).message };
    } finally {
      const next = queue.shift();
      if (next) next();
      else free++;
    }
  }

  return {
    boundary: async () => (await chosen()).boundary,
    verify,
    close: async () => {
      closed = true;
      await Promise.all(runners.map((runner) => runner.close()));
    },
  };
}
