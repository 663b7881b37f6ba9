// Checks of single responses, as reasoning models' answers are usually checked: thinking that ends, an answer after it, no sign of a
// cut, no loop, and on request the verifier's verdict. All optional, and all ours: of the published SFT rows no filter is known
// (PAPER 2.2), and OpenThoughts found none that helped.
import type { StepOf } from "../../contract/pipeline.ts";
import { extractPython } from "../../verifiers/code/extract.ts";
import { extract } from "../../verifiers/math/extract.ts";
import { findLoop } from "./repetition.ts";
import type { PipelineResponse, PipelineRow, Rows } from "./row.ts";
import type { Step, StepContext } from "./step.ts";

type Check = StepOf<"check">;

/** Rows judged at once: the verifiers work on several threads. */
const judgedAtOnce = 32;

export const check =
  (config: Check): Step =>
  (rows, context) =>
    checked(rows, config, context);

async function* checked(rows: Rows, config: Check, context: StepContext): Rows {
  let waiting: PipelineRow[] = [];
  for await (const row of rows) {
    waiting.push(row);
    if (waiting.length < (config.verified ? judgedAtOnce : 1)) continue;
    yield* kept(waiting, config, context);
    waiting = [];
  }
  yield* kept(waiting, config, context);
}

async function* kept(rows: readonly PipelineRow[], config: Check, { record, verify }: StepContext): Rows {
  const verdicts = await Promise.all(
    rows.map((row) => Promise.all(row.responses.map((response) => whyDropped(row, response, config, verify)))),
  );
  for (const [i, row] of rows.entries()) {
    const responses = row.responses.filter(({ text }, at) => {
      const reason = verdicts[i][at];
      if (reason !== null) record.dropResponse(row, reason, text);
      return reason === null;
    });
    if (responses.length > 0) yield { ...row, responses };
    else record.dropRow(row, row.responses.length === 0 ? "no response" : "no response left", 0);
  }
}

async function whyDropped(
  row: PipelineRow,
  { text, length }: PipelineResponse,
  config: Check,
  verify: StepContext["verify"],
): Promise<string | null> {
  const formal =
    thinkingFault(text, config.think) ??
    (config.answer ? answerFault(row, text) : null) ??
    (config.maxLength !== null && length > config.maxLength ? `longer than ${config.maxLength}` : null) ??
    (config.whole ? cutFault(text) : null) ??
    (config.loops && findLoop(text) ? "loops" : null);
  if (formal !== null || !config.verified) return formal;
  if (row.answer === null && row.tests === null) return "nothing to verify it with";
  const { verdict } = await verify!({
    problem: {
      domain: row.tests ? "code" : "math",
      answer: row.answer ?? "",
      ...(row.answerRule && { answerRule: row.answerRule }),
      ...(row.tests && { python: row.tests }),
    },
    response: { text, finishReason: "stop" },
  });
  return verdict === "right" ? null : `judged ${verdict}`;
}

const opening = "<think>";
const closing = "</think>";
const occurrences = (text: string, what: string): number => text.split(what).length - 1;

/** A </think> without its <think> is whole: chat templates put the <think> into the prompt. */
export function thinkingFault(text: string, think: Check["think"]): string | null {
  if (think === "ignore") return null;
  const [opened, closed] = [occurrences(text, opening), occurrences(text, closing)];
  if (opened === 0 && closed === 0) return think === "required" ? "no thinking" : null;
  if (closed === 0) return "thinking that does not end";
  if (opened > 1 || closed > 1 || text.indexOf(closing) < text.indexOf(opening)) return "thinking that opens or ends twice";
  return text.slice(text.indexOf(closing) + closing.length).trim() === "" ? "nothing after the thinking" : null;
}

function answerFault({ answerRule, tests }: PipelineRow, text: string): string | null {
  if (tests) return "problem" in extractPython(text) ? "no Python block" : null;
  if (answerRule === null) return null;
  // The quick study's rule is a number after #.
  const found = answerRule === "hash" ? /#\s*[-−]?\d/.test(text) : !("problem" in extract(text, answerRule));
  return found ? null : "no answer where the rule looks for it";
}

/** A code block or a box that opens and never closes. */
export function cutFault(text: string): string | null {
  const fences = text.match(/^[ \t]*```/gm)?.length ?? 0;
  if (fences % 2 === 1) return "cut: a code block is open at the end";
  const box = text.lastIndexOf("\\boxed{");
  if (box < 0) return null;
  let depth = 0;
  for (let i = box + "\\boxed".length; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return null;
  }
  return "cut: the last \\boxed{ is open at the end";
}
