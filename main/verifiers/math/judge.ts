// The verdict on an answer that was found, with a reason in words. Runs with exact arithmetic alone (throws NeedsSymbols where that does
// not do) or, in a thread, with the symbolic engine.
import type { Verification } from "../../contract/rollout.ts";
import { compare, type Expressions } from "./compare.ts";
import { readAnswer } from "./forms.ts";
import { tokenise } from "./tokenise.ts";
import { sameTokens, Unreadable } from "./tokens.ts";

const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);

const equal = (how: string): Verification => ({ reward: 1, verdict: "right", reason: `equal by ${how}` });
export const unparseable = (reason: string): Verification => ({ reward: 0, verdict: "unparseable", reason });
export const failed = (reason: string): Verification => ({ reward: 0, verdict: "error", reason });

/** @throws NeedsSymbols */
export function judge(gold: string, given: string, expressions: Expressions): Verification {
  if (gold.trim() === given.trim()) return equal("text");
  const [right, answer] = [attempt(tokenise, gold), attempt(tokenise, given)];
  if (!("problem" in right) && !("problem" in answer) && sameTokens(right.value, answer.value)) return equal("text");
  const readGold = "problem" in right ? right : attempt(readAnswer, right.value);
  if ("problem" in readGold) return failed(`the problem's own answer cannot be read (${readGold.problem}): ${shortened(gold)}`);
  const readGiven = "problem" in answer ? answer : attempt(readAnswer, answer.value);
  if ("problem" in readGiven) return unparseable(`cannot be read (${readGiven.problem}): ${shortened(given)}`);
  const how = attempt(() => compare(readGold.value, readGiven.value, expressions), null);
  if ("problem" in how) return unparseable(`cannot be compared (${how.problem}): ${shortened(given)}`);
  if (how.value) return equal(how.value);
  return { reward: 0, verdict: "wrong", reason: `unequal: ${shortened(given)} is not ${shortened(gold)}` };
}

function attempt<Input, Output>(work: (input: Input) => Output, input: Input): { value: Output } | { problem: string } {
  try {
    return { value: work(input) };
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error.message };
    throw error;
  }
}
