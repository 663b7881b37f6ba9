// The comparison as text. Shares are shown in percent, their differences in points with sign and 95 % interval.
import type { Comparison, Estimate, SeedInterval, SeedSummary, StartComparison } from "../contract/index.ts";
import { formatDuration } from "./progress-line.ts";

export const percent = (share: number) => (share * 100).toFixed(1);
export const signed = (share: number) => `${share < 0 ? "−" : "+"}${percent(Math.abs(share))}`;

const level = (e: Estimate) => `${percent(e.value)} % ± ${percent((e.high - e.low) / 2)}`;

function difference(e: Estimate): string {
  const spansZero = e.low <= 0 && e.high >= 0;
  return `${signed(e.value)} [${signed(e.low)}, ${signed(e.high)}]${spansZero ? " n.d." : ""}`;
}

export function table(rows: string[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

const fate = ({ count, chance }: StartComparison["lost"]) => `${count} (by chance ${chance.toFixed(1)})`;

export function formatComparison({ study, starts, gaps }: Comparison): string {
  const { problems, samplesPerProblem } = starts[0].before;
  const head = `${study.name}, seed ${study.seed}, ${formatDuration(study.seconds)}${study.engine ? `, ${study.engine}` : ""}\n`;
  const startRows = [
    ["Start", "SFT", "T", "Entropy at T", "Before RL", "After RL", "Change, points", "Truncated", "Length", "Newly solved", "Lost"],
    ...starts.map((start) => [
      start.name,
      `${start.prompts} × ${start.responsesPerPrompt}`,
      String(start.temperature.chosen),
      start.temperature.chosenEntropy.toFixed(2),
      level(start.before),
      level(start.after),
      difference(start.change),
      `${percent(start.truncated.before)} → ${percent(start.truncated.after)} %`,
      `${start.responseTokens.before.toFixed(0)} → ${start.responseTokens.after.toFixed(0)}`,
      fate(start.newlySolved),
      fate(start.lost),
    ]),
  ];
  const gapRows = [
    ["Gap, points", "Before RL", "After RL", "Change", "Change in log-odds"],
    ...gaps.map((gap) => {
      const { value, low, high } = gap.logOdds.change;
      return [
        `${gap.strong} − ${gap.weak}`,
        difference(gap.before),
        difference(gap.after),
        difference(gap.change),
        `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`,
      ];
    }),
  ];
  const foot = `pass@1 on ${problems} problems × ${samplesPerProblem} samples; intervals are 95 %, clustered by problem; n.d.: not distinguishable from zero.\n`;
  return [head, table(startRows), table(gapRows), foot].join("\n");
}

/** One recipe over seeds. */
export function formatSeeds(summary: SeedSummary): string {
  const interval = ({ low, high }: SeedInterval, show: (share: number) => string) =>
    low === null || high === null ? "" : ` [${show(low)}, ${show(high)}]`;
  const share = (i: SeedInterval) => `${percent(i.mean)} %${interval(i, percent)}`;
  const points = (i: SeedInterval) => `${signed(i.mean)}${interval(i, signed)}`;
  const head = `${summary.name}, ${summary.seeds.length} seeds (${summary.seeds.join(", ")}), ${formatDuration(summary.seconds.mean)} each\n`;
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
  return [head, table(startRows), table(gapRows), "Means over seeds with 95 % intervals over seeds (Student's t).\n"].join("\n");
}
