// Shapes of mathematical data sets: a problem, and the answer a response must state.
import { extract } from "../../verifiers/math/extract.ts";
import { textAt } from "./columns.ts";
import { RowError } from "./row-reader.ts";
import type { Recognised, Sample, Shape } from "./shape.ts";

/** GSM8K's mark, #### 72, or the one of its example model outputs, A: 72. */
const gsm8kMark = /(?:####|^A:)[ \t]*(\S[^\n]*)/m;
const marked = (value: unknown) => typeof value === "string" && gsm8kMark.test(value);
const aimeAnswer = (value: unknown) => /^\d{1,3}$/.test(String(value).trim());
const aimeId = (value: unknown) => /^(?:20\d\d[-_ ])?(?:AIME[-_ ])?I{1,2}[-_ ]\d{1,2}$/i.test(String(value));

const boxed = (recognised: Recognised["mapping"]): Recognised => ({ mapping: { answerRule: "boxed", ...recognised } });

function boxedAnswer(solution: string): string {
  const found = extract(solution, "boxed");
  if ("problem" in found) throw new RowError(`the solution states no answer: ${found.problem}`);
  return found.answer;
}

function recogniseAime(sample: Sample): Recognised | null {
  const [prompt, answer, id] = [sample.column("problem", "question"), sample.column("answer"), sample.column("id")];
  if (prompt === null || !sample.every(answer, aimeAnswer)) return null;
  const says =
    /aime/i.test(sample.fileName) || sample.every(id, aimeId) || sample.every(sample.column("url"), (url) => /AIME/.test(String(url)));
  return says ? boxed({ prompt, answer, id }) : null;
}

export const mathShapes: Shape[] = [
  {
    shape: "gsm8k",
    label: "GSM8K",
    triedOnRealFiles: true,
    needsAnswer: true,
    recognise(sample) {
      const [prompt, answer] = [sample.column("question"), sample.column("answer", "ground_truth")];
      if (prompt === null || !sample.every(answer, marked)) return null;
      return { mapping: { prompt, response: answer, answer, answerRule: "gsm8k" } };
    },
    answer(row, mapping) {
      const text = textAt(row, mapping.answer);
      if (text === null) return null;
      const last = [...text.matchAll(new RegExp(gsm8kMark, "gm"))].pop();
      if (!last) throw new RowError("the answer has no ####");
      return last[1].trim();
    },
  },
  { shape: "aime", label: "AIME", triedOnRealFiles: true, needsAnswer: true, recognise: recogniseAime },
  {
    shape: "math-500",
    label: "MATH-500",
    triedOnRealFiles: true,
    needsAnswer: true,
    recognise(sample) {
      if (!sample.has("problem", "solution", "answer") || !sample.has("level")) return null;
      const category = sample.column("subject", "type");
      if (category === null) return null;
      return boxed({
        prompt: sample.column("problem"),
        response: sample.column("solution"),
        answer: sample.column("answer"),
        category,
        id: sample.column("unique_id"),
        difficulty: sample.column("level"),
      });
    },
  },
  {
    shape: "math",
    label: "MATH",
    triedOnRealFiles: false,
    needsAnswer: true,
    recognise(sample) {
      const solution = sample.column("solution");
      if (
        !sample.has("problem", "level") ||
        sample.has("answer") ||
        !sample.every(solution, (value) => /\\(?:boxed|fbox)\b/.test(String(value)))
      )
        return null;
      return boxed({
        prompt: sample.column("problem"),
        response: solution,
        answer: solution,
        category: sample.column("type", "subject"),
        difficulty: sample.column("level"),
      });
    },
    // The whole solution is the answer's column: what it states last is the answer.
    answer(row, mapping) {
      const solution = textAt(row, mapping.answer);
      return solution === null ? null : boxedAnswer(solution);
    },
  },
  {
    shape: "matharena",
    label: "MathArena (HMMT, BRUMO, AIME)",
    triedOnRealFiles: false,
    needsAnswer: true,
    recognise(sample) {
      if (!sample.has("problem_idx", "problem", "answer")) return null;
      return boxed({
        prompt: sample.column("problem"),
        answer: sample.column("answer"),
        id: sample.column("problem_idx"),
        category: sample.column("problem_type"),
      });
    },
  },
  {
    shape: "acereason-math",
    label: "AceReason-Math",
    triedOnRealFiles: false,
    needsAnswer: true,
    recognise(sample) {
      const [prompt, answer] = [sample.column("problem"), sample.column("answer")];
      if (prompt === null || answer === null || sample.has("solution") || !/acereason/i.test(sample.fileName)) return null;
      return boxed({ prompt, answer });
    },
  },
];
