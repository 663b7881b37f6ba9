// The verifiers that must be bounded, as one: each starts when it is first asked. Verdicts for the training thread, for evaluations
// and for the command line all come from here.
import { cpus } from "node:os";
import type { Verification, VerifyRequest } from "../contract/index.ts";
import { verifyHere } from "../verifiers/index.ts";
import { createMathVerifier, type MathVerifier } from "../verifiers/math/verifier.ts";

export class Verifiers {
  readonly #mathEntry: URL;
  #math: MathVerifier | null = null;

  constructor({ mathVerifier }: { mathVerifier: URL }) {
    this.#mathEntry = mathVerifier;
  }

  async verify({ problem, response }: VerifyRequest): Promise<Verification> {
    const simple = verifyHere(problem, response);
    if (simple) return simple;
    if (problem.domain === "code") return this.#code({ problem, response });
    if (problem.answer === "") return nothingToCompareWith("answer");
    this.#math ??= createMathVerifier({ entry: this.#mathEntry, threads: cpus().length });
    return this.#math.verify(response.text, problem.answer, problem.answerRule ?? "hash");
  }

  async #code({ problem }: VerifyRequest): Promise<Verification> {
    if (!problem.python) return nothingToCompareWith("tests");
    return { reward: 0, verdict: "error", reason: "no boundary" };
  }

  async close(): Promise<void> {
    await this.#math?.close();
  }
}

const nothingToCompareWith = (what: string): Verification => ({ reward: 0, verdict: "error", reason: `the problem has no ${what}` });
