// One verdict for any problem: dispatches to its domain's verifier. A response cut at the budget is truncated whatever it
// says, so that a right answer followed by endless text earns nothing.
import type { Problem } from "../contract/dataset.ts";
import type { FinishReason, Verification } from "../contract/rollout.ts";
import { verifyCode } from "./code/verify.ts";
import { verifyMath } from "./math/answer.ts";

export interface Response {
  text: string;
  finishReason: FinishReason;
}

export function verify(problem: Pick<Problem, "domain" | "answer" | "tests">, response: Response): Verification {
  if (response.finishReason === "length") return { reward: 0, verdict: "truncated", reason: "cut at the response budget" };
  return problem.domain === "code" ? verifyCode(problem.tests ?? [], response.text) : verifyMath(problem.answer, response.text);
}
