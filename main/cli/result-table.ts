// What a study found, as text: its arms, the differences between them, and what its kind is for. Shares are shown in percent, their
// differences in points with sign and 95 % interval: over problems for one seed, over seeds (Student's t) for several.
import type { ArmEvaluation, PaperValue, StudyArm, StudyDifference, StudyResult } from "../contract/index.ts";
import { formatDuration } from "./progress-line.ts";
import { cellsSection } from "./sections/cells.ts";
import { doorSections } from "./sections/doors.ts";
import { fateSections } from "./sections/fates.ts";
import { overlongSections } from "./sections/overlong.ts";
import { regressionSections } from "./sections/regression.ts";
import { startsSections } from "./sections/starts.ts";
import { temperatureSection } from "./sections/temperatures.ts";
import type { StudyReports } from "./study-reports.ts";
import { average, difference, footnote, level, percent, table } from "./text.ts";

interface Beside {
  /** The study that was asked for, of which some reports are alone. */
  id: string;
  reports: StudyReports;
  published: readonly PaperValue[];
}

export function formatResult(result: StudyResult, { id, reports, published }: Beside): string {
  const { recipe, seeds, arms, differences, regression, notes } = result;
  const { fairness, alignment, overlong, fates } = reports;
  const rows = arms.flatMap((arm) => evaluationRows(arm, recipe.kind === "evaluation"));
  // T and entropy are RL's.
  const columns = rows.some(([, , , , , temperature]) => temperature !== "") ? 7 : 5;
  const titles = ["Arm", "At", "Score", "Truncated", "Length", "T", "Entropy at T"];
  const starts = recipe.kind === "weak-vs-strong";
  const parts: (string | null)[] = [
    headOf(result),
    rows.length > 0 ? table([titles, ...rows].map((row) => row.slice(0, columns))) : null,
    differences.length > 0
      ? table([["Difference, points", "At", ""], ...differences.map((each) => differenceRow(each, seeds.length))])
      : null,
    cellsSection(result),
    ...(regression ? regressionSections(regression, published) : []),
    ...(starts ? startsSections(result.starts, fairness, alignment) : []),
    ...(overlong ? overlongSections(overlong) : []),
    ...doorSections(result),
    temperatureSection(result),
    ...(fates ? fateSections(fates, { seed: oneOf(seeds, id), starts }) : []),
    `${[footnote, ...notes].join(" ")}\n`,
  ];
  return parts.filter((part) => part !== null).join("\n");
}

/** The seed that some reports are of. */
function oneOf(seeds: StudyResult["seeds"], id: string): string {
  const { seed } = seeds.find(({ studyId }) => studyId === id)!;
  return seeds.length > 1 ? `${seed} alone` : String(seed);
}

function headOf({ name, seeds, pool }: StudyResult): string {
  const seconds = average(seeds.map((seed) => seed.seconds));
  const several = seeds.length > 1;
  const unfinished = seeds.some(({ complete }) => !complete) ? ", not finished" : "";
  return `${name}, ${several ? "seeds" : "seed"} ${seeds.map(({ seed }) => seed).join(", ")}, ${formatDuration(seconds)}${several ? " each" : ""}, on ${pool}${unfinished}\n`;
}

type Place = Pick<ArmEvaluation, "when" | "point" | "budget">;

const inWords: Record<ArmEvaluation["when"], string> = { before: "before RL", between: "", after: "after RL", alone: "after SFT" };
const placeOf = ({ when, point, budget }: Place): string => `${when === "between" ? `after ${point}` : inWords[when]}, ${budget} tokens`;

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

function differenceRow({ what, from, to, bySeed, overSeeds }: StudyDifference, seeds: number): string[] {
  const name = what === "change" ? `${to.arm}, by RL` : `${to.arm} − ${from.arm}`;
  const [{ difference: only }] = bySeed;
  if (bySeed.length > 1) return [name, placeOf(to), difference(overSeeds.mean, overSeeds)];
  return [name, placeOf(to), `${difference(only.value, only)}${seeds > 1 ? ` (seed ${bySeed[0].seed} alone)` : ""}`];
}
