// Finds the answer in a response: the last \boxed{} after </think>, else by the dataset's rule. Linear in the response's length.
import type { AnswerRule } from "../../contract/answer-rule.ts";
import type { Extraction } from "./answer.ts";

/** Longest answer that is read, in characters; MATH's longest is a tenth of it. */
export const maxAnswerLength = 1000;

export function extract(response: string, rule: Exclude<AnswerRule, "hash">): Extraction {
  const thinkEnd = response.lastIndexOf("</think>");
  if (response.lastIndexOf("<think>") > thinkEnd) return { problem: "the thinking does not end" };
  const text = thinkEnd < 0 ? response : response.slice(thinkEnd + "</think>".length);
  const found = lastBox(text) ?? (rule === "boxed" ? { problem: "no \\boxed{}" } : (marked(text, rule) ?? lastNumber(text)));
  if ("problem" in found) return found;
  const answer = found.answer.trim();
  if (answer === "") return { problem: "the last \\boxed{} is empty" };
  if (answer.length > maxAnswerLength) return { problem: `answer longer than ${maxAnswerLength} characters` };
  return { answer };
}

/** What the last box holds; null without a box. A box that is cut or empty hides the earlier ones: they were not the last word. */
function lastBox(text: string): Extraction | null {
  let content = -1;
  for (const opening of ["\\boxed", "\\fbox"]) {
    let at = text.lastIndexOf(opening);
    while (at >= 0 && /[A-Za-z]/.test(text[at + opening.length] ?? "")) at = at > 0 ? text.lastIndexOf(opening, at - 1) : -1;
    if (at >= 0) content = Math.max(content, at + opening.length);
  }
  if (content < 0) return null;
  while (text[content] === " " || text[content] === "\n") content++;
  if (text[content] !== "{") return { answer: /^[^\s$]*/.exec(text.slice(content, content + 2 * maxAnswerLength))![0] };
  let depth = 0;
  for (let i = content; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return { answer: text.slice(content + 1, i) };
  }
  return { problem: "the last \\boxed{} is not closed" };
}

/** GSM8K's own marks, as in its solutions (####) and its example model outputs (A:). */
function marked(text: string, rule: AnswerRule): Extraction | null {
  if (rule !== "gsm8k") return null;
  const lineAfter = (at: number) => text.slice(at, at + 4 * maxAnswerLength).split("\n", 1)[0];
  const hashes = text.lastIndexOf("####");
  if (hashes >= 0) return lineAfter(hashes + 4).trim() === "" ? { problem: "nothing after ####" } : { answer: lineAfter(hashes + 4) };
  const label = Math.max(text.startsWith("A:") ? 0 : -1, text.lastIndexOf("\nA:") + 1 || -1);
  return label >= 0 && lineAfter(label + 2).trim() !== "" ? { answer: lineAfter(label + 2) } : null;
}

// A minus sign belongs to the number unless it stands between two values; a slash makes a fraction of two whole numbers.
const number = /(?:(?<![\w)\]}])[-\u2212])?\$?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:\/\d+)?%?/g;

function lastNumber(text: string): Extraction {
  let last: string | undefined;
  for (const [match] of text.matchAll(number)) last = match;
  return last === undefined ? { problem: "no number" } : { answer: last };
}
