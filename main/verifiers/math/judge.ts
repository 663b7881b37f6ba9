// The verdict on an answer that was found, with a reason in words. Runs with exact arithmetic alone (throws NeedsSymbols where that does
// not do) or, in a thread, with the symbolic engine.
import type { Verification } from "../../contract/rollout.ts";
import { compare, type Expressions } from "./compare.ts";
import { type Answer, readAnswer } from "./forms.ts";
import { Unreadable } from "./tokens.ts";

const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);

export const unparseable = (reason: string): Verification => ({ reward: 0, verdict: "unparseable", reason });
export const failed = (reason: string): Verification => ({ reward: 0, verdict: "error", reason });

/** @throws NeedsSymbols */
export function judge(gold: string, given: string, expressions: Expressions): Verification {
  if (gold.trim() === given.trim()) return { reward: 1, verdict: "right", reason: "equal by text" };
  const right = readOrReason(gold);
  if (typeof right === "string") return failed(`the problem's own answer cannot be read (${right}): ${shortened(gold)}`);
  const answer = readOrReason(given);
  if (typeof answer === "string") return unparseable(`cannot be read (${answer}): ${shortened(given)}`);
  try {
    const how = compare(right, answer, expressions);
    if (how) return { reward: 1, verdict: "right", reason: `equal by ${how}` };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return unparseable(`cannot be compared (${error.message}): ${shortened(given)}`);
  }
  return { reward: 0, verdict: "wrong", reason: `unequal: ${shortened(given)} is not ${shortened(gold)}` };
}

function readOrReason(text: string): Answer | string {
  try {
    return readAnswer(text);
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    throw error;
  }
}
