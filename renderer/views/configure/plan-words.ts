// What a plan takes, in words: tokens, and the work of a study of one checkpoint alone. Pure.
import type { DataSelection, EvaluationRecipe, SftRecipe } from "../../../main/contract/study.ts";
import { count, fixed, plural } from "../../components/format.ts";

/** `4.7 M tokens`; a forecast is not known to the token. */
export function tokensInWords(tokens: number, unit = true): string {
  const steps: [number, string, number][] = [
    [1e9, "G", 1],
    [1e6, "M", 1],
    [1e4, "k", 0],
  ];
  const step = steps.find(([from]) => tokens >= from);
  const scaled = step && `${fixed(tokens / (step[1] === "k" ? 1e3 : step[0]), step[2])} ${step[1]}`;
  return `${scaled ?? count(tokens)}${unit ? " tokens" : ""}`;
}

/** Filters leave fewer rows than there are; how many, only the run finds. */
const filtered = ({ sources, categories, dates }: DataSelection) => sources.length > 0 || categories.length > 0 || dates !== null;

/** `rows`: of the dataset, as far as the selection takes them. */
export function samplesInWords({ eval: how, data }: EvaluationRecipe, rows: number): string {
  const problems = Math.min(rows, how.problems ?? rows);
  const tokens = problems * how.samplesPerProblem * how.maxResponseTokens;
  return `${filtered(data) ? "At most " : ""}${plural(problems, "problem")} × ${plural(how.samplesPerProblem, "sample")}: at most ${tokensInWords(tokens)} of responses.`;
}

export function updatesInWords({ sft, data, devRows, responsesPerPrompt }: SftRecipe, rows: number): string {
  const examples = Math.max(0, rows - devRows) * responsesPerPrompt;
  const most = filtered(data) || responsesPerPrompt > 1 ? "at most " : "";
  const length = sft.maxSteps === undefined ? plural(sft.epochs, "epoch") : `At most ${plural(sft.maxSteps, "update")}`;
  return `${length} over ${most}${plural(examples, "example")}; ${plural(Math.min(devRows, rows), "row")} kept for the dev loss.`;
}
