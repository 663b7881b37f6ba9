// The math verifier: finds the answer in a response and says whether it equals the problem's. Plain numbers and equal text are decided at
// once; what needs algebra goes to a pool of threads, bounded in time and memory. A bad response is data, never an exception.
import type { AnswerRule } from "../../contract/answer-rule.ts";
import type { Verification } from "../../contract/rollout.ts";
import { createThreadPool } from "../pool/thread-pool.ts";
import { verifyMath } from "./answer.ts";
import { exactExpressions, NeedsSymbols } from "./compare.ts";
import { extract, maxAnswerLength } from "./extract.ts";
import { failed, judge, unparseable } from "./judge.ts";
import type { Pair } from "./thread.ts";

export interface MathVerifierOptions {
  /** File of the threads: main/verifiers/math/thread.ts, or math-verifier.cjs of the build. */
  entry: URL;
  threads: number;
  /** The longest that one pair may take in a thread. */
  milliseconds?: number;
  /** Memory of one thread. */
  megabytes?: number;
}

export interface MathVerifier {
  /** right, wrong, unparseable (no answer, or none that can be read) or error (over the limits, or the problem's own answer is unreadable). */
  verify(response: string, answer: string, rule: AnswerRule): Promise<Verification>;
  close(): Promise<void>;
}

export function createMathVerifier({ entry, threads, milliseconds = 2000, megabytes = 256 }: MathVerifierOptions): MathVerifier {
  const pool = createThreadPool<Pair, Verification>({ name: "math verifier", entry, threads, milliseconds, megabytes });
  return {
    async verify(response, answer, rule) {
      if (rule === "hash") return verifyMath(answer, response);
      if (answer.length > maxAnswerLength) return failed(`the problem's own answer is longer than ${maxAnswerLength} characters`);
      const extraction = extract(response, rule);
      if ("problem" in extraction) return unparseable(extraction.problem);
      try {
        return judge(answer, extraction.answer, exactExpressions);
      } catch (error) {
        if (!(error instanceof NeedsSymbols)) throw error;
      }
      const outcome = await pool.run({ gold: answer, given: extraction.answer });
      if ("done" in outcome) return outcome.done;
      return failed(outcome.exceeded === "time" ? `timed out after ${milliseconds / 1000} s` : `ran out of its ${megabytes} MB of memory`);
    },
    close: () => pool.close(),
  };
}
