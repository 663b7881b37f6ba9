// The verdicts that need no process of their own: the quick study's number after # and its little functions, and whatever was
// cut at the budget. A response cut there is truncated whatever it says, so that a right answer followed by endless text earns
// nothing.
import type { VerifyRequest } from "../contract/job.ts";
import type { Verification } from "../contract/rollout.ts";
import { verifyCode } from "./expression/verify.ts";
import { verifyMath } from "./math/answer.ts";

/** Null: the verdict takes a verifier that must be bounded (math/ for LaTeX, code/ for Python). */
export function verifyHere(problem: VerifyRequest["problem"], response: VerifyRequest["response"]): Verification | null {
  if (response.finishReason === "length") return { reward: 0, verdict: "truncated", reason: "cut at the response budget" };
  if (problem.domain === "code") return problem.tests ? verifyCode(problem.tests, response.text) : null;
  return (problem.answerRule ?? "hash") === "hash" ? verifyMath(problem.answer, response.text) : null;
}
