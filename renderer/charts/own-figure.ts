// A study's own figure beside a published one: the same quantity, measured here on the study's own problems. Pure.
import type { PaperValue } from "../../main/contract/paper.ts";
import type { ArmEvaluation, ArmStage, Course, StudyArm, StudyResult } from "../../main/contract/study-result.ts";
import { fixed, interval, percent, percentWithN, points, signed } from "../components/format.ts";
import { benchmarkIn, benchmarkOf } from "./published.ts";
import { courseOfRl } from "./rl-course.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const ofSeeds = (count: number): string => (count > 1 ? `, mean of ${count} seeds` : "");

type Place = Pick<ArmEvaluation, "when" | "point" | "budget">;

/** A score of an arm: of one seed with its interval over problems, of several their mean with one over seeds. */
function scoreText(arm: StudyArm | undefined, wanted: (place: Place) => boolean): string | null {
  const place = arm?.overSeeds.filter(wanted).at(-1);
  if (!arm || !place) return null;
  const own = arm.runs.flatMap(({ evaluations }) => evaluations.filter(({ when, point, budget }) => when === place.when && point === place.point && budget === place.budget)); // biome-ignore format: one thought
  const { mean: value, low, high } = place.score;
  if (own.length === 1) return `${arm.name}: ${percentWithN(own[0].score)}`;
  return `${arm.name}: ${percent(value)} ${low === null || high === null ? "" : `[${percent(Math.max(0, low))}, ${percent(Math.min(1, high))}]`}${ofSeeds(own.length)}`;
}

function courseText(
  arm: StudyArm | undefined,
  of: (stage: ArmStage) => Course | null,
  at: keyof Course,
  show: (value: number) => string,
): string | null {
  const found = (arm?.runs ?? []).flatMap(({ stages }) => courseOfRl(stages, of)?.[at] ?? []);
  return !arm || found.length === 0 ? null : `${arm.name}: ${at === "mean" ? "mean " : ""}${show(mean(found))}${ofSeeds(found.length)}`;
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
    const afterSft = runs.flatMap(({ evaluations }) => evaluations.filter(({ when }) => when === "before" || when === "alone"));
    return afterSft.length === 0 ? [] : [{ name, score: mean(afterSft.map(({ score }) => score.value)), seeds: afterSft.length }];
  });
  const best = scored.reduce<(typeof scored)[number] | null>((a, b) => (a === null || b.score > a.score ? b : a), null);
  return best && `best after SFT: ${best.name}, ${percent(best.score)}${ofSeeds(best.seeds)}`;
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
  return gains.length === 0 ? null : `${strongest?.name}: ${signed(100 * mean(gains), 1)} at k = ${k}${ofSeeds(gains.length)}`;
}

function ofTemperature(T: number, what: string, result: StudyResult): string | null {
  const arm = arms(result).find(({ name }) => name === `T ${T}`);
  if (what === "aime24") return scoreText(arm, ({ when }) => when === "after");
  return courseText(arm, ({ entropy }) => entropy, what === "entropy.first" ? "first" : what === "entropy.last" ? "last" : "mean", nats); // biome-ignore format: one thought
}

/** The shortest budget stands for 8K, the longest for 32K. */
function ofOverlong(what: string, result: StudyResult): string | null {
  if (result.recipe.kind !== "overlong") return null;
  const budgets = result.recipe.budgets;
  const at = (budget: number, filter: "on" | "off") => arms(result).find(({ name }) => name === `${budget} tokens, filter ${filter}`);
  const [shortest, longest] = [Math.min(...budgets), Math.max(...budgets)];
  if (what === "8k.truncated")
    return together((["on", "off"] as const).map((filter) => courseText(at(shortest, filter), ({ truncated }) => truncated, "first", (share) => percent(share, 0)))); // biome-ignore format: one thought
  const arm = at(longest, what.startsWith("32k.off") ? "off" : "on");
  return scoreText(arm, ({ when, budget }) => when === "after" && budget === longest);
}

const isEnd = ({ when }: Place): boolean => when === "after" || when === "alone";

/** The end of each arm, on the benchmark of the row itself. */
function onBenchmark(k: number | null, result: StudyResult): string | null {
  return together(
    arms(result).map((arm) => {
      if (k === null) return scoreText(arm, isEnd);
      const values = arm.runs.flatMap(({ evaluations }) => evaluations.filter(isEnd).at(-1)?.passAtK.find((each) => each.k === k)?.value ?? []); // biome-ignore format: one thought
      return values.length === 0 ? null : `${arm.name}: pass@${k} ${percent(mean(values))}${ofSeeds(values.length)}`;
    }),
  );
}

/** Null where the study has no such figure, or has it on another benchmark of the papers'. */
export function ownFigure({ key }: PaperValue, result: StudyResult): string | null {
  const [first, ...rest] = key.split(".");
  const [here, there] = [benchmarkOf(result.recipe), benchmarkIn(key)];
  if (here !== null && there !== null && here !== there) return null;
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
      return together(
        result.arms.map(({ name, runs }) => {
          const found = runs.flatMap(({ temperature }) => temperature ?? []);
          const chosen = [...new Set(found.map((each) => each.chosen))].sort((a, b) => a - b);
          return found.length === 0 ? null : `${name}: ${nats(mean(found.map((each) => each.chosenEntropy)))} at T ${chosen.join(", ")}${ofSeeds(found.length)}`; // biome-ignore format: one thought
        }),
      );
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
