// The comparison as text, and one recipe over its seeds.
import type { Comparison, Estimate, SeedInterval, SeedSummary, StartComparison, StudyResult } from "../contract/index.ts";
import { formatDuration } from "./progress-line.ts";
import { difference, footnote, level, logOdds, percent, plural, table } from "./text.ts";

const halfWide = (e: Estimate) => `${percent(e.value)} % ± ${percent((e.high - e.low) / 2)}`;
const spread = (e: Estimate) => difference(e.value, e);

const fate = ({ count, chance }: StartComparison["lost"]) => `${count} (by chance ${chance.toFixed(1)})`;

/** `result` says what the comparison was measured on, and what to mind. */
export function formatComparison({ study, starts, gaps }: Comparison, { pool, notes }: Pick<StudyResult, "pool" | "notes">): string {
  const { problems, samplesPerProblem } = starts[0].before;
  const head = `${study.name}, seed ${study.seed}, ${formatDuration(study.seconds)}, on ${pool}${study.engine ? `, ${study.engine}` : ""}\n`;
  const startRows = [
    ["Start", "SFT", "T", "Entropy at T", "Before RL", "After RL", "Change, points", "Truncated", "Length", "Newly solved", "Lost"],
    ...starts.map((start) => [
      start.name,
      `${start.prompts} × ${start.responsesPerPrompt}`,
      String(start.temperature.chosen),
      start.temperature.chosenEntropy.toFixed(2),
      halfWide(start.before),
      halfWide(start.after),
      spread(start.change),
      `${percent(start.truncated.before)} → ${percent(start.truncated.after)} %`,
      `${start.responseTokens.before.toFixed(0)} → ${start.responseTokens.after.toFixed(0)}`,
      fate(start.newlySolved),
      fate(start.lost),
    ]),
  ];
  const gapRows = [
    ["Gap, points", "Before RL", "After RL", "Change", "Change in log-odds"],
    ...gaps.map((gap) => [
      `${gap.strong} − ${gap.weak}`,
      spread(gap.before),
      spread(gap.after),
      spread(gap.change),
      difference(gap.logOdds.change.value, gap.logOdds.change, logOdds),
    ]),
  ];
  const measured = `pass@1 on ${plural(problems, "problem")} × ${plural(samplesPerProblem, "sample")}; intervals are 95 %, clustered by problem.`;
  const foot = `${[measured, footnote, ...notes].join(" ")}\n`;
  return [head, table(startRows), table(gapRows), foot].join("\n");
}

/** One recipe over seeds. */
export function formatSeeds(summary: SeedSummary): string {
  const share = ({ mean: value, low, high }: SeedInterval) =>
    low === null || high === null ? `${percent(value)} %` : level({ value, low, high });
  const points = (i: SeedInterval) => difference(i.mean, i);
  const head = `${summary.name}, ${plural(summary.seeds.length, "seed")} (${summary.seeds.join(", ")}), ${formatDuration(summary.seconds.mean)}${summary.seeds.length > 1 ? " each" : ""}\n`;
  const startRows = [
    ["Start", "T", "Before RL", "After RL", "Change, points"],
    ...summary.starts.map(({ name, temperature, before, after, change }) => [
      name,
      temperature.mean.toFixed(2),
      share(before),
      share(after),
      points(change),
    ]),
  ];
  const gapRows = [
    ["Gap, points", "Before RL", "After RL", "Change"],
    ...summary.gaps.map(({ weak, strong, before, after, change }) => [
      `${strong} − ${weak}`,
      points(before),
      points(after),
      points(change),
    ]),
  ];
  return [head, table(startRows), table(gapRows), `Means over seeds with 95 % intervals over seeds (Student's t). ${footnote}\n`].join(
    "\n",
  );
}
