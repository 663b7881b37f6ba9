// The verifiers that must be bounded, as one: each starts when it is first asked. Verdicts for the training thread, for evaluations
// and for the command line all come from here.
import { cpus } from "node:os";
import type { CodeBoundary, Verification, VerifyRequest } from "../contract/index.ts";
import { bubblewrapRunner } from "../verifiers/code/bubblewrap.ts";
import { type CodeVerifier, createCodeVerifier } from "../verifiers/code/code-verifier.ts";
import type { CodeRunner } from "../verifiers/code/sandbox.ts";
import { verifyHere } from "../verifiers/index.ts";
import { createMathVerifier, type MathVerifier } from "../verifiers/math/verifier.ts";

export interface VerifierParts {
  mathVerifier: URL;
  /** Boundaries that only a host with a window has, after bubblewrap. */
  codeRunners: CodeRunner[];
}

export class Verifiers {
  readonly #parts: VerifierParts;
  #math: MathVerifier | null = null;
  #code: CodeVerifier | null = null;

  constructor(parts: VerifierParts) {
    this.#parts = parts;
  }

  async verify({ problem, response }: VerifyRequest): Promise<Verification> {
    const simple = verifyHere(problem, response);
    if (simple) return simple;
    if (problem.domain === "code")
      return problem.python ? this.#codeVerifier().verify(response.text, problem.python) : nothingToCompareWith("tests");
    if (problem.answer === "") return nothingToCompareWith("answer");
    this.#math ??= createMathVerifier({ entry: this.#parts.mathVerifier, threads: cpus().length });
    return this.#math.verify(response.text, problem.answer, problem.answerRule ?? "hash");
  }

  /** What programs run behind, or why they do not. */
  codeBoundary(): Promise<CodeBoundary> {
    return this.#codeVerifier().boundary();
  }

  #codeVerifier(): CodeVerifier {
    this.#code ??= createCodeVerifier({ runners: [bubblewrapRunner(), ...this.#parts.codeRunners] });
    return this.#code;
  }

  async close(): Promise<void> {
    await Promise.all([this.#math?.close(), this.#code?.close()]);
  }
}

const nothingToCompareWith = (what: string): Verification => ({ reward: 0, verdict: "error", reason: `the problem has no ${what}` });
