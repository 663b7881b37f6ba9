// What a study found, as text: its arms, the differences between them, and what its kind is for. Shares are shown in percent, their
// differences in points with sign and 95 % interval: over problems for one seed, over seeds (Student's t) for several.
import type {
  ArmEvaluation,
  Estimate,
  Regression,
  RegressionTerm,
  SeedInterval,
  StudyArm,
  StudyDifference,
  StudyResult,
} from "../contract/index.ts";
import { percent, signed, table } from "./comparison-table.ts";
import { formatDuration } from "./progress-line.ts";

export function formatResult(result: StudyResult): string {
  const { name, seeds, pool, arms, differences, regression, notes } = result;
  const seconds = seeds.reduce((sum, seed) => sum + seed.seconds, 0) / seeds.length;
  const unfinished = seeds.some(({ complete }) => !complete) ? ", not finished" : "";
  const head = `${name}, ${seeds.length === 1 ? "seed" : "seeds"} ${seeds.map(({ seed }) => seed).join(", ")}, ${formatDuration(seconds)} each, on ${pool}${unfinished}\n`;
  const rows = arms.flatMap((arm) => evaluationRows(arm, result.recipe.kind === "evaluation"));
  const parts = [head];
  // T and entropy are RL's.
  const columns = rows.some(([, , , , , temperature]) => temperature !== "") ? 7 : 5;
  const titles = ["Arm", "At", "Score", "Truncated", "Length", "T", "Entropy at T"];
  if (rows.length > 0) parts.push(table([titles, ...rows].map((row) => row.slice(0, columns))));
  if (differences.length > 0)
    parts.push(table([["Difference, points", "At", ""], ...differences.map((difference) => differenceRow(difference, seeds.length))]));
  if (regression) parts.push(formatRegression(regression));
  for (const pair of result.starts?.scopes[0].pairs ?? []) parts.push(`${pair.sentence}\n`);
  parts.push(`n.d.: not distinguishable from zero.${notes.map((note) => ` ${note}`).join("")}\n`);
  return parts.join("\n");
}

type Place = Pick<ArmEvaluation, "when" | "point" | "budget">;

const inWords: Record<ArmEvaluation["when"], string> = { before: "before RL", between: "", after: "after RL", alone: "after SFT" };
const placeOf = ({ when, point, budget }: Place): string => `${when === "between" ? `after ${point}` : inWords[when]}, ${budget} tokens`;

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A row for each point of an arm, over its seeds. */
function evaluationRows({ name, runs, overSeeds }: StudyArm, evaluatedAlone: boolean): string[][] {
  const places = new Map(runs.flatMap(({ evaluations }) => evaluations.map((evaluation) => [placeOf(evaluation), evaluation] as const)));
  return [...places].map(([at, place]) => {
    const own = runs.flatMap((run) => run.evaluations.filter((evaluation) => placeOf(evaluation) === at));
    // The stage of RL that led here.
    const stages = runs.flatMap(({ stages: all }) =>
      place.when === "after" ? all.slice(-1) : all.filter(({ name: stage }) => place.when === "between" && stage === place.point),
    );
    const temperatures = stages.map((stage) => stage.temperature.mean);
    const entropies = stages.flatMap((stage) => stage.entropy?.mean ?? []);
    const [only] = own;
    // Beside means over seeds, an interval over problems.
    const alone = runs.length > 1 ? ` (seed ${runs.find(({ evaluations }) => evaluations.includes(only))!.seed} alone)` : "";
    const { score } = overSeeds.find((each) => placeOf(each) === at)!;
    return [
      name,
      evaluatedAlone ? `${place.budget} tokens` : at,
      own.length === 1
        ? `${level(only.score)}${alone}`
        : level({ value: score.mean, low: Math.max(0, score.low!), high: Math.min(1, score.high!) }),
      `${percent(average(own.map(({ truncated }) => truncated)))} %`,
      average(own.map(({ responseTokens }) => responseTokens)).toFixed(0),
      temperatures.length > 0 ? average(temperatures).toFixed(2) : "",
      entropies.length > 0 ? average(entropies).toFixed(2) : "",
    ];
  });
}

const level = (e: Pick<Estimate, "value" | "low" | "high">): string => `${percent(e.value)} % [${percent(e.low)}, ${percent(e.high)}]`;

function differenceRow({ what, from, to, bySeed, overSeeds }: StudyDifference, seeds: number): string[] {
  const name = what === "change" ? `${to.arm}, by RL` : `${to.arm} − ${from.arm}`;
  const [{ difference }] = bySeed;
  if (bySeed.length > 1) return [name, placeOf(to), interval(overSeeds.mean, overSeeds)];
  return [name, placeOf(to), `${interval(difference.value, difference)}${seeds > 1 ? ` (seed ${bySeed[0].seed} alone)` : ""}`];
}

function interval(value: number, { low, high }: Pick<Estimate | SeedInterval, "low" | "high">): string {
  if (low === null || high === null) return signed(value);
  return `${signed(value)} [${signed(low)}, ${signed(high)}]${low <= 0 && high >= 0 ? " n.d." : ""}`;
}

function formatRegression({
  raw,
  standardised,
  rSquared,
  degreesOfFreedom,
  logCorrelation,
  varianceInflation,
  whatNext,
  notes,
}: Regression): string {
  const term = (each: RegressionTerm | null) =>
    each === null
      ? "not varied"
      : `${each.value.toFixed(2)} [${each.low.toFixed(2)}, ${each.high.toFixed(2)}], bootstrap [${each.bootstrap.low.toFixed(2)}, ${each.bootstrap.high.toFixed(2)}]`;
  return [
    table([
      ["Regression", "Points a doubling", "Points a standard deviation"],
      ["prompts", term(raw.prompts), term(standardised.prompts)],
      ["responses", term(raw.responses), term(standardised.responses)],
    ]),
    `R² ${rSquared?.toFixed(3) ?? "undefined"} on ${degreesOfFreedom} degrees of freedom; correlation of the two logs ${logCorrelation?.toFixed(2) ?? "none"}, VIF ${varianceInflation?.toFixed(2) ?? "none"}.`,
    whatNext?.sentence ?? "",
    ...notes,
    "",
  ].join("\n");
}
