// A study's own figure beside a published one: the same quantity, measured here on the study's own problems. Pure.
import type { PaperValue } from "../../main/contract/paper.ts";
import type { ArmEvaluation, ArmRun, Course, StudyArm, StudyResult } from "../../main/contract/study-result.ts";
import { fixed, interval, percent, percentInterval, percentWithN, points, signed } from "../components/format.ts";
import { benchmarkOf } from "./published.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A score of an arm: with its interval over problems, or the mean over seeds. */
function scoreText(arm: StudyArm | undefined, wanted: (evaluation: ArmEvaluation) => boolean): string | null {
  const found = (arm?.runs ?? []).flatMap(({ evaluations }) => evaluations.filter(wanted).slice(-1));
  if (!arm || found.length === 0) return null;
  const score = found.length === 1 ? percentInterval(found[0].score) : `${percent(mean(found.map(({ score }) => score.value)))}, ${found.length} seeds`; // biome-ignore format: one thought
  return `${arm.name}: ${score}`;
}

function courseText(
  arm: StudyArm | undefined,
  of: (run: ArmRun) => Course | null | undefined,
  at: "first" | "last" | "mean",
  show: (value: number) => string,
): string | null {
  const found = (arm?.runs ?? []).flatMap((run) => of(run)?.[at] ?? []);
  return !arm || found.length === 0 ? null : `${arm.name}: ${show(mean(found))}`;
}

const nats = (value: number): string => `${fixed(value, 2)} nats`;
const together = (parts: (string | null)[]): string | null => parts.filter((part) => part !== null).join("; ") || null;
const arms = ({ arms }: StudyResult): StudyArm[] => arms.filter(({ role }) => role === "arm");

function ofRegression(what: string, { regression }: StudyResult): string | null {
  if (!regression) return null;
  const { standardised, rSquared, degreesOfFreedom, points: cells } = regression;
  const term = what === "prompts" || what === "responses" ? standardised[what] : null;
  if (term) return `${what}: ${signed(term.value, 2)} ${interval(term, 1, 2)}`;
  if (what === "rSquared") return rSquared === null ? null : fixed(rSquared, 3);
  return what === "points" ? String(cells.length) : what === "degreesOfFreedom" ? String(degreesOfFreedom) : null;
}

/** The epoch whose start scores best after SFT, on the mean over seeds. */
function bestEpoch(result: StudyResult): string | null {
  const scored = arms(result).flatMap(({ name, runs }) => {
    const scores = runs.flatMap(({ evaluations }) => evaluations.flatMap(({ when, score }) => (when === "after" ? [] : [score.value])));
    return scores.length === 0 ? [] : [{ name, score: mean(scores) }];
  });
  const best = scored.reduce<(typeof scored)[number] | null>((a, b) => (a === null || b.score > a.score ? b : a), null);
  return best && `best after SFT: ${best.name}, ${percent(best.score)}`;
}

/** The gap of the outermost starts. */
function gapOf(when: "before" | "after", { starts }: StudyResult): string | null {
  const [weak, strong] = [starts?.starts[0], starts?.starts[starts.starts.length - 1]];
  const pair = starts?.scopes[0]?.pairs.find((each) => each.weak === weak && each.strong === strong);
  if (!pair) return null;
  const over = pair.overSeeds?.points[when];
  const ends = over && over.low !== null && over.high !== null ? ` ${interval({ low: over.low, high: over.high }, 100, 1)}` : "";
  return `${strong} − ${weak}: ${over ? `${signed(100 * over.mean, 1)}${ends}` : points(pair.bySeed[0].gap[when])}`;
}

/** What RL added to pass@k of the strongest start. */
function passAtKGain(k: number, result: StudyResult): string | null {
  const strongest = arms(result).at(-1);
  const gains = (strongest?.runs ?? []).flatMap(({ evaluations }) => {
    const [before, after] = (["before", "after"] as const).map((when) => evaluations.find((each) => each.when === when)?.passAtK.find((p) => p.k === k)?.value); // biome-ignore format: one thought
    return before === undefined || after === undefined ? [] : [after - before];
  });
  return gains.length === 0 ? null : `${strongest?.name}: ${signed(100 * mean(gains), 1)} at k = ${k}`;
}

function ofTemperature(T: number, what: string, result: StudyResult): string | null {
  const arm = arms(result).find(({ name }) => name === `T ${T}`);
  if (what === "aime24") return scoreText(arm, ({ when }) => when === "after");
  return courseText(arm, ({ stages }) => stages[0]?.entropy, what === "entropy.first" ? "first" : what === "entropy.last" ? "last" : "mean", nats); // biome-ignore format: one thought
}

/** The shortest budget stands for 8K, the longest for 32K. */
function ofOverlong(what: string, result: StudyResult): string | null {
  if (result.recipe.kind !== "overlong") return null;
  const budgets = result.recipe.budgets;
  const at = (budget: number, filter: "on" | "off") => arms(result).find(({ name }) => name === `${budget} tokens, filter ${filter}`);
  const [shortest, longest] = [Math.min(...budgets), Math.max(...budgets)];
  if (what === "8k.truncated")
    return together((["on", "off"] as const).map((filter) => courseText(at(shortest, filter), ({ stages }) => stages[0]?.truncated, "first", (share) => percent(share, 0)))); // biome-ignore format: one thought
  const arm = at(longest, what.startsWith("32k.off") ? "off" : "on");
  return scoreText(arm, ({ when, budget }) => when === "after" && budget === longest);
}

/** The end of each arm, on the benchmark of the row itself. */
function onBenchmark(k: number | null, result: StudyResult): string | null {
  const ends = arms(result).flatMap(({ name, runs }) => {
    const end = runs[0]?.evaluations.at(-1);
    return end ? [{ name, end }] : [];
  });
  return together(
    ends.map(({ name, end }) => {
      if (k === null) return `${name}: ${percentWithN(end.score)}`;
      const value = end.passAtK.find((each) => each.k === k)?.value;
      return value === undefined ? null : `${name}: pass@${k} ${percent(value)}`;
    }),
  );
}

/** Null where the study has no such figure. */
export function ownFigure({ key }: PaperValue, result: StudyResult): string | null {
  const [first, ...rest] = key.split(".");
  switch (first) {
    case "regression":
      return ofRegression(rest[0], result);
    case "epochs":
      return rest[0] === "rise" ? bestEpoch(result) : null;
    case "gap":
      return gapOf(key.includes(".before.") ? "before" : "after", result);
    case "start": {
      const [who, when] = rest;
      return scoreText(arms(result).at(who === "weak" ? 0 : -1), (evaluation) => evaluation.when === when);
    }
    case "entropy":
      return together(result.arms.map(({ name, runs }) => (runs[0]?.temperature ? `${name}: ${nats(runs[0].temperature.chosenEntropy)} at T ${runs[0].temperature.chosen}` : null))); // biome-ignore format: one thought
    case "temperature": {
      if (rest[0] === "evaluation") return "finalEval" in result.recipe ? `T ${result.recipe.finalEval.temperature}` : null;
      const [, T, what] = /^temperature\.([\d.]+)\.(.+)$/.exec(key) ?? [];
      return ofTemperature(Number(T), what, result);
    }
    case "overlong":
      return ofOverlong(rest.join("."), result);
    case "passAtK":
      return rest[0] === "gain" ? passAtKGain(Number(rest[2]), result) : onBenchmark(Number(rest.at(-1)), result);
    case "model":
    case "1":
      return benchmarkOf(result.recipe) === rest.at(-1) ? onBenchmark(null, result) : null;
    default:
      return null;
  }
}
