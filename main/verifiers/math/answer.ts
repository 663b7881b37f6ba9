// The verdict on a math response: the answer is what follows the last # (after the last </think>, where there is one), and
// it is right when it is the same number. Linear in the response's length; a bad response is data, never an exception.
import type { Verification } from "../../contract/rollout.ts";
import { equal, formatRational, parseRational } from "./rational.ts";

/** Longest answer text that is read; numbers in the data are far shorter. */
export const maxAnswerLength = 64;

export type Extraction = { answer: string } | { problem: string };

/** What stands after the last # on its line. */
export function extractAnswer(text: string): Extraction {
  const thinkEnd = text.lastIndexOf("</think>");
  const tail = thinkEnd < 0 ? text : text.slice(thinkEnd + "</think>".length);
  const mark = tail.lastIndexOf("#");
  if (mark < 0) return { problem: "no # answer" };
  const rest = tail.slice(mark + 1, mark + 1 + maxAnswerLength * 4).trim();
  const newline = rest.indexOf("\n");
  const answer = (newline < 0 ? rest : rest.slice(0, newline)).trim();
  if (answer === "") return { problem: "nothing after #" };
  if (answer.length > maxAnswerLength) return { problem: `answer longer than ${maxAnswerLength} characters` };
  return { answer };
}

/** Right when the answer is the same number as `expected`: 0.5, .5 and 1/2 are one. */
export function verifyMath(expected: string, text: string): Verification {
  const extraction = extractAnswer(text);
  if ("problem" in extraction) return { reward: 0, verdict: "unparseable", reason: extraction.problem };
  const given = parseRational(extraction.answer);
  if (!given) return { reward: 0, verdict: "unparseable", reason: `not a number: ${extraction.answer}` };
  const right = parseRational(expected);
  if (!right) return { reward: 0, verdict: "error", reason: `the problem's own answer is not a number: ${expected}` };
  return equal(given, right)
    ? { reward: 1, verdict: "right", reason: "equal by value" }
    : { reward: 0, verdict: "wrong", reason: `unequal: ${formatRational(given)} is not ${formatRational(right)}` };
}
